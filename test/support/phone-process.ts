// Boots one virtual phone after another where it runs, a namespace: a line of JSON in is the flags of `branchline phone`,
// a line out is what that gave back. One process for all of a desk's phones saves the start of each.
import { createInterface } from 'node:readline'
import { run } from '../../appliance/cli/run.ts'

for await (const line of createInterface({ input: process.stdin })) {
  let [out, err] = ['', '']
  const code = await run(['phone', '--json', ...(JSON.parse(line) as string[])], {
    env: {},
    root: true,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    outBytes() {},
  })
  console.log(JSON.stringify({ code, out, err }))
}
