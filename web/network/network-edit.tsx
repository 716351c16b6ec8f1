import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import type { Network, NetworksGround } from './ground.ts'
import { FormEnd, NetworkFields, readDraft, useNetworkDraft, useSending } from './network-form.tsx'

/** Ranges, router and names of one network; the box says of each field what is wrong with it. */
export function NetworkEdit(props: { network: Network; ground: NetworksGround; close: () => void }) {
  const { network, ground, close } = props
  const draft = useNetworkDraft(network)
  const { failed, busy, send } = useSending()
  const save = (event: SubmitEvent) =>
    send(event, async () => {
      if (!(await ground.change(network, readDraft(draft)))) return
      close()
      await ground.said(t('{name} is changed. Devices hear of it when they renew.', { name: network.id }), network.id)
    })
  return (
    <Dialog title={t('Network {name}', { name: network.subnet })} close={close}>
      <form class="form" onSubmit={(event) => void save(event)} aria-label={t('Network {name}', { name: network.id })}>
        <NetworkFields draft={draft} failed={failed} />
        <FormEnd {...{ failed, busy, close }} action={t('Save')} />
      </form>
    </Dialog>
  )
}
