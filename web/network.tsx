import type { DhcpView, LeaseView } from '../services/admin/schema.ts'
import { Await, Empty, Pieces, Section, span } from './parts.tsx'
import { dhcp, leases, now } from './state.ts'

/** What DHCP does on each interface, and how full each network is. */
export function Network() {
  return (
    <Section id="network" title="DHCP">
      <Await of={dhcp.value}>
        {(status: DhcpView) =>
          status.interfaces.length === 0 ? (
            <Empty>No network interface was found.</Empty>
          ) : (
            <ul class="rows">
              {status.interfaces.map((it) => (
                <li key={it.name}>
                  <div class="row">
                    <span class="who">
                      <strong>{it.name}</strong>
                      <span class="quiet">{it.mode}</span>
                    </span>
                    <span class="sentence">{it.reason}</span>
                    <span class={`badge ${it.answering ? 'configured' : it.mode === 'off' ? 'off' : 'trouble'}`}>
                      {it.answering ? 'Answers' : 'Silent'}
                    </span>
                  </div>
                </li>
              ))}
              {status.networks.map((it) => (
                <li key={it.id}>
                  <div class="row">
                    <span class="who">
                      <strong>{it.id}</strong>
                    </span>
                    <label class="pool">
                      <span>
                        {it.active} of {it.size} addresses leased{it.declined > 0 && `, ${it.declined} set aside`}
                      </span>
                      <meter
                        min={0}
                        max={Math.max(1, it.size)}
                        high={it.size * 0.9}
                        optimum={0}
                        value={it.active + it.offered + it.declined}
                      />
                    </label>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </Section>
  )
}

/** Who holds which address, and until when. */
export function LeaseList() {
  const list = leases.value
  const active =
    list.kind === 'ready'
      ? { ...list, value: list.value.filter((lease) => lease.state === 'active' || lease.state === 'declined') }
      : list
  return (
    <Section id="leases" title="Leases" count={active.kind === 'ready' ? active.value.length : undefined}>
      <Await of={active}>
        {(rows: readonly LeaseView[]) =>
          rows.length === 0 ? (
            <Empty>No address is leased.</Empty>
          ) : (
            <Pieces items={rows} what="leases">
              {(shown) => (
                <div class="scroll">
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">Address</th>
                        <th scope="col">Device</th>
                        <th scope="col">Calls itself</th>
                        <th scope="col">Ends</th>
                      </tr>
                    </thead>
                    <tbody>
                      {shown.map((lease) => (
                        <tr key={lease.address}>
                          <td>{lease.address}</td>
                          <td>
                            {lease.mac ? (
                              <a class="mac" href={`#/devices/${lease.mac}`}>
                                {lease.mac}
                              </a>
                            ) : (
                              <span class="mac">{lease.clientId}</span>
                            )}
                          </td>
                          <td>{lease.hostName}</td>
                          <td>
                            {lease.state === 'declined'
                              ? 'set aside: in use by another'
                              : lease.endsAt > now.value
                                ? `in ${span(lease.endsAt - now.value)}`
                                : 'over'}
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              )}
            </Pieces>
          )
        }
      </Await>
    </Section>
  )
}
