import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { number, plural, t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import { Await, Empty } from '../kit/states.tsx'
import { Table } from '../kit/table.tsx'
import { toast } from '../kit/toast.tsx'
import { useNarrow } from '../narrow.ts'
import { to } from '../router.ts'
import { useAsked, useDoing } from './asked.ts'
import { kindWord } from './choose.tsx'
import { CustomerDoors } from './customer-doors.tsx'
import { Problem } from './problem.tsx'
import { account, atLeast, path } from './session.ts'
import type { FleetCustomer } from './types.ts'

/** The accounts below this one, the worst first. */
export function CustomersPage() {
  const making = useSignal(false)
  const narrow = useNarrow()
  const list = useAsked(
    '',
    async () => (await api<{ customers: FleetCustomer[] }>(path('fleet', 'customers'))).customers,
  )
  const count = (id: keyof FleetCustomer, title: string) => ({
    ...{ id, title, width: 8 },
    cell: (row: FleetCustomer) => number(Number(row[id])),
  })
  return (
    <>
      <div class="page-head">
        <h1>{t('Customers')}</h1>
        {atLeast('admin') && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              making.value = true
            }}
          >
            {t('Add a customer')}
          </button>
        )}
      </div>
      <Await of={list.of} again={list.again} rows={6}>
        {(rows: readonly FleetCustomer[]) =>
          rows.length === 0 ? (
            <Empty icon="people">
              <p>{t('There is no account below this one yet.')}</p>
            </Empty>
          ) : (
            <Table
              label={t('Customers')}
              rows={rows}
              keyOf={(row) => row.accountId}
              nameOf={(row) => row.name}
              rowHeight={56}
              columns={[
                {
                  ...{ id: 'name', title: t('Name') },
                  cell: (row) => (
                    <>
                      <a href={to(row.accountId)}>
                        <span dir="auto">{row.name}</span>
                      </a>
                      <span class="quiet">
                        {plural('{n} site|{n} sites', row.sites)}, {plural('{n} phone|{n} phones', row.devices)}
                      </span>
                    </>
                  ),
                },
                count('offline', t('Offline')),
                count('trouble', t('Trouble')),
                ...(narrow ? [] : [count('pending', t('Pending')), count('neverAsked', t('Never asked'))]),
              ]}
            />
          )
        }
      </Await>
      <CustomerDoors changed={list.again} />
      {making.value && (
        <NewCustomer
          close={(made) => {
            making.value = false
            if (made) list.again()
          }}
        />
      )}
    </>
  )
}

function NewCustomer({ close }: { close: (made: boolean) => void }) {
  const name = useSignal('')
  const kind = useSignal('customer')
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { name: name.value.trim(), kind: kind.value }
    if (!(await run(() => api(path('customers'), { method: 'POST', body })))) return
    toast(t('{name} is added.', { name: name.value.trim() }))
    close(true)
  }
  return (
    <Dialog title={t('Add a customer')} close={() => close(false)}>
      <form class="form" onSubmit={(event) => void send(event)}>
        <TextField
          label={t('Name')}
          value={name.value}
          change={(text) => {
            name.value = text
          }}
          fault={faultAt('name')}
          required
          autofocus
        />
        {account.value?.kind === 'provider' && (
          <SelectField
            label={t('Kind')}
            value={kind.value}
            change={(value) => {
              kind.value = value
            }}
            choices={(['customer', 'reseller'] as const).map((value) => ({ value, text: kindWord(value) }))}
          />
        )}
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="submit" class="primary" disabled={busy.value}>
            {t('Add')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
