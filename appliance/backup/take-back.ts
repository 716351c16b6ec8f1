import { giveUpTrial } from '../../services/backup/swap.ts'
import { messageOf } from '../../services/core/errors.ts'
import type { Box, BoxDeps } from '../box.ts'
import { lockFolder } from '../folder-lock.ts'

/** Opens the box; one that does not start with what was restored is opened with what it had before. */
export async function openOrTakeBack(open: (deps: BoxDeps) => Promise<Box>, deps: BoxDeps): Promise<Box> {
  try {
    return await open(deps)
  } catch (thrown) {
    if (!takeBack(deps.config.dataFolder, messageOf(thrown))) throw thrown
    deps.log.error('the box does not start with what was restored; it takes the data from before', {
      reason: messageOf(thrown),
    })
    return open(deps)
  }
}

function takeBack(folder: string, reason: string): boolean {
  try {
    // Another box that has the folder is none of our business.
    using _ = lockFolder(folder)
    return giveUpTrial(folder, reason)
  } catch {
    return false
  }
}
