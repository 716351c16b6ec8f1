declare module 'node-ssdp' {
  /** What is used of the package, with the two inner methods that are replaced. */
  export class Server {
    constructor(options: {
      readonly location: string
      readonly udn: string
      readonly ssdpSig: string
      readonly adInterval: number
      readonly ttl: number
    })
    sockets: Record<string, object> | null
    addUSN(name: string): void
    advertise(alive?: boolean): void
    start(): Promise<void>
    stop(): void
    _createSockets(): void
    _initAdLoop(): void
    _startAdLoop(): void
  }
}
