#!/usr/bin/env node
// Another program of the house, e.g. `node appliance/bin/program.mjs cloud/main.ts`: makes the checkout ready, then runs it.
import { join } from 'node:path'
import { runBun } from './run-bun.mjs'
import { root, setUp } from './setup.mjs'

const [program = '', ...args] = process.argv.slice(2)
if (setUp()) runBun([join(root, program), ...args])
else process.exitCode = 1
