// The pinned runtime with the given arguments, e.g. `node appliance/bin/bun.mjs test/bench/main.ts`.
import { runBun } from './run-bun.mjs'

runBun(process.argv.slice(2))
