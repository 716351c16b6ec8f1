import { printable } from '../core/bytes.ts'
import { messageOf } from '../core/errors.ts'
import type { Mac } from '../core/mac.ts'
import type { Bag } from '../core/merge-patch.ts'
import type { Device, Explanation, RenderedPreview } from '../phones/contract.ts'
import type { AdminDeps } from './contract.ts'
import { deviceOrThrow, patched } from './edit.ts'
import type { EditPreview } from './schema-workbench.ts'
import { maskSecrets, secretsOf } from './secrets.ts'

type Deps = Pick<AdminDeps, 'devices' | 'inspector' | 'isSecret'>

/** What a merge patch would change in the files of a device. Nothing is stored. */
export function editPreview(deps: Deps, mac: Mac, patch: Bag): EditPreview {
  const before = deviceOrThrow(deps, mac)
  const after = deps.devices.draft(mac, patched(deps, mac, patch))
  const trial = deps.inspector.try(after)
  const was = deps.inspector.try(before)
  const secrets = [...secretsIn(deps, before, was.explanation), ...secretsIn(deps, after, trial.explanation)]
  secrets.sort((a, b) => b.length - a.length)
  const text = (file: RenderedPreview | undefined) =>
    file === undefined ? undefined : maskSecrets(new TextDecoder().decode(file.bytes), secrets)
  const names = new Set([...was.explanation.files, ...trial.explanation.files].map(({ name }) => name))
  const files = [...names].flatMap((name) => {
    const one = made(() => was.render(name))
    const two = made(() => trial.render(name))
    if (one.file === undefined && two.file === undefined) return []
    const [from, to] = [text(one.file), text(two.file)]
    return {
      ...{ name, changed: one.file?.hash !== two.file?.hash },
      ...(from !== undefined && { before: from }),
      ...(to !== undefined && { after: to }),
      ...(two.problem !== undefined && { problem: printable(two.problem, 500) }),
    }
  })
  const warnings = trial.explanation.warnings.map((warning) => printable(warning, 500))
  const old = new Set(was.explanation.warnings.map((warning) => printable(warning, 500)))
  return { files, warnings, added: warnings.filter((warning) => !old.has(warning)) }
}

function made(render: () => RenderedPreview): { readonly file?: RenderedPreview; readonly problem?: string } {
  try {
    return { file: render() }
  } catch (thrown) {
    return { problem: messageOf(thrown) }
  }
}

function secretsIn(deps: Deps, device: Device, { effective }: Explanation): readonly string[] {
  const plain = <Value>(bag: Readonly<Record<string, { readonly value: Value }>>) =>
    Object.fromEntries(Object.entries(bag).map(([name, { value }]) => [name, value]))
  return secretsOf(device, plain(effective.settings), plain(effective.extra), deps.isSecret)
}
