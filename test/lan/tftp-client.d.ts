// What the tests use of the npm package `tftp`, which comes without types.
declare module 'tftp' {
  interface ClientOptions {
    readonly host: string
    readonly port: number
    readonly blockSize?: number
    readonly windowSize?: number
    readonly timeout?: number
    readonly retries?: number
  }
  interface Client {
    get(remote: string, local: string, done: (error?: Error | null) => void): void
    put(local: string, remote: string, done: (error?: Error | null) => void): void
  }
  const tftp: { createClient(options: ClientOptions): Client }
  export default tftp
}
