#!/usr/bin/env node
// The command `branchline`: makes the checkout ready if it is not, then runs the program.
import { join } from 'node:path'
import { runBun } from './run-bun.mjs'
import { root, setUp } from './setup.mjs'

if (setUp()) runBun([join(root, 'appliance/main.ts'), ...process.argv.slice(2)])
else process.exitCode = 1
