/** Environment of the runtime, unless the environment says otherwise. */
export const RUNTIME_ENV: Readonly<Record<string, string>>
export function runBun(args: readonly string[]): void
