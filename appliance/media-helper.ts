import { helperMain } from '../services/media/helper.ts'

// Its own program: pictures and sounds from outside are decoded here and not in the box.
process.exitCode = await helperMain(process.argv.at(-1) ?? '', (bytes) => Bun.write(Bun.stdout, bytes))
