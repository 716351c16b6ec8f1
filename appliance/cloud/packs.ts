import { createReadStream } from 'node:fs'
import { messageOf } from '../../services/core/errors.ts'
import { assignedPack } from '../../services/templates/assigned.ts'
import type { Packs } from '../../services/templates/contract.ts'
import { followGiven, type GivenContent, type GivenDeps } from './given.ts'
import { BY_ACCOUNT, isInUse, packSteps, type WantedPack } from './policy-packs.ts'

export interface GivenPacksDeps extends GivenDeps {
  readonly packs: Packs
}

/** Keeps the packs of the box as its account says, from now on, in the background. */
export function followPacks(deps: GivenPacksDeps): GivenContent {
  const { packs, log } = deps

  async function withdraw({ name, by }: { readonly name: string; readonly by?: string }): Promise<boolean> {
    try {
      if (by === undefined) await packs.remove(name, { by: BY_ACCOUNT })
      else await packs.back(name, { by })
      return true
    } catch (thrown) {
      log.error('a pack that the account took away stays in use', { pack: name, reason: messageOf(thrown) })
      return false
    }
  }

  return followGiven<WantedPack>(deps, {
    kind: 'pack',
    wanted: () =>
      deps.records.list('pack').flatMap(({ id, body }) => {
        const read = assignedPack.safeParse(body)
        return read.success ? [{ name: id, ...read.data }] : []
      }),
    versionOf: ({ version }) => version,
    isInUse: (one) => isInUse(one, packs.list()),
    steps(wanted) {
      const steps = packSteps(wanted, packs.list())
      return { ...steps, withdraw: steps.withdraw.map((gone) => () => withdraw(gone)) }
    },
    async install({ name, version }, fetch) {
      await packs.install(createReadStream(await fetch()), {
        ...{ by: BY_ACCOUNT, older: true, instead: true, expected: { name, version } },
      })
    },
  })
}
