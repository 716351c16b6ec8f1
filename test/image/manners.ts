import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { BoxNetworkView } from '../../services/admin/schema-box-network.ts'
import { InvariantError } from '../../services/core/errors.ts'
import { BOX, CARD, type Office, TIME_SERVER } from './office.ts'

const PATIENCE = { timeout: 300_000, interval: 300 }
/** Long enough for an emulated machine to ask a few times. */
const TRIAL_S = 120
/** What another server gives it. */
const LEASED = '198.18.0.77'

/**
 * The firewall as a neighbour meets it: which ports answer. A listener that the box does not offer runs meanwhile, so
 * that it is the firewall that is looked at, not that nobody listens.
 */
export async function scanPorts(office: Office): Promise<unknown> {
  const listening = await office.ssh(
    'systemd-run -q --unit=stranger busybox nc -ll -p 4444 -e /bin/echo answers; sleep 1; ' +
      'busybox nc -w 5 127.0.0.1 4444 </dev/null',
  )
  if (!listening.includes('answers')) throw new InvariantError(`nothing listens on port 4444: ${listening}`)
  const found = await openPorts(office, 9000)
  await office.ssh('systemctl stop stranger')
  return found
}

/** Which of the first TCP ports of the box answer, and how many say that nobody listens there. */
export async function openPorts(office: Office, last: number): Promise<unknown> {
  const scan = [process.execPath, 'test/image/port-scan.ts', BOX, String(last), '3000']
  const { stdout, stderr } = await office.lab.run('phone', scan, { timeoutMs: 120_000 })
  if (stdout === '') throw new InvariantError(stderr)
  return JSON.parse(stdout)
}

/** The time that the box gives to a phone: how far it is from ours, and from whom it has it. */
export async function askTime(office: Office): Promise<{ source: string; stratum: number; awaySeconds: number }> {
  const ask = async () => {
    const ask = [process.execPath, 'test/support/ntp.ts', 'ask', BOX]
    const { stdout } = await office.lab.run('phone', ask, { timeoutMs: 60_000 })
    const [leap = '', stratum = '', source = '', seconds = ''] = stdout.trim().split(' ')
    return { leap, stratum: Number(stratum), source, awaySeconds: Math.abs(Number(seconds) - Date.now() / 1000) }
  }
  // It does not know the time itself until it has asked a few times.
  await expect.poll(async () => (await ask()).leap, PATIENCE).toBe('0')
  const { leap: _, ...answer } = await ask()
  return answer
}

/** The page follows the interfaces within seconds, with a certificate for what they have now. */
async function pageAnswers(office: Office, host: string): Promise<void> {
  const ask = () => office.curl('-f', '-m', '10', `https://${host}:8443/api/v1/health`).catch(String)
  await expect.poll(ask, PATIENCE).toContain('"uptimeSeconds"')
}

/**
 * Tells the box to ask by DHCP, where nobody answers at first: its link-local address must do. Then somebody answers.
 * Nobody keeps that, so that its own address comes back.
 */
export async function tryDhcp(office: Office): Promise<void> {
  const linkLocal = await office.linkLocal()
  const tried = await office.api<BoxNetworkView>('PUT', '/box-network', { seconds: TRIAL_S })
  expect(tried).toMatchObject({ source: 'page', setting: { dns: [] }, returnsIn: expect.any(Number) })
  const addresses = () => office.ssh(`ip -4 -brief address show dev ${CARD}`, linkLocal)
  await expect.poll(addresses, PATIENCE).not.toContain(BOX)
  await pageAnswers(office, linkLocal)
  const leasing = join(office.folder, 'udhcpd.conf')
  const leases = join(office.folder, 'udhcpd.leases')
  writeFileSync(leases, '')
  writeFileSync(
    leasing,
    `interface eth0\nstart ${LEASED}\nend ${LEASED}\nmax_leases 1\nlease_file ${leases}\nopt subnet 255.255.0.0\n`,
  )
  const server = office.lab.start('phone', ['busybox', 'udhcpd', '-f', leasing])
  await expect.poll(addresses, PATIENCE).toContain(`${LEASED}/16`)
  await pageAnswers(office, LEASED)
  server.kill()
  await expect.poll(addresses, PATIENCE).toContain(`${BOX}/16`)
  await pageAnswers(office, BOX)
  const after = await office.api<BoxNetworkView>('GET', '/box-network')
  expect(after).toMatchObject({ source: 'boot', last: 'returned', setting: { address: `${BOX}/16` } })
}

/** Tries the same address with one more time server, and keeps it. */
export async function keepAddress(office: Office): Promise<BoxNetworkView> {
  const setting = { address: `${BOX}/16`, ntp: [TIME_SERVER, '198.18.0.10'] }
  await office.api('PUT', '/box-network', setting)
  await pageAnswers(office, BOX)
  return office.api('POST', '/box-network/keep')
}

/** As somebody does who stands before the box and has forgotten the password. */
export async function resetPassword(office: Office): Promise<string> {
  const { machine } = office
  machine.serial = ''
  await machine.type('p')
  await machine.shows(/Name of the account: /, PATIENCE.timeout)
  await machine.type('lab\n')
  const [, password = ''] = await machine.shows(/; password (\S+)/, PATIENCE.timeout)
  await machine.type('\n')
  return password
}

/** Stops the service; then starts it and lets it hang. Says how long the stop took and why systemd started it again. */
export async function stopAndHang(office: Office): Promise<{ stopMs: number; result: string; restarts: string }> {
  const said = await office.ssh(`
    set -e
    folder=/run/systemd/system/branchline.service.d
    mkdir -p $folder
    printf '[Service]\\nWatchdogSec=6\\n' >$folder/short.conf
    systemctl daemon-reload
    begin=$(date +%s%3N)
    systemctl stop branchline
    echo $(($(date +%s%3N) - begin)) $(systemctl show -p Result --value branchline)
    systemctl start branchline
    systemctl kill --signal=STOP --kill-whom=main branchline
    for i in $(seq 200); do
      restarts=$(systemctl show -p NRestarts --value branchline)
      [ "$restarts" = 0 ] || break
      sleep 0.5
    done
    echo "$restarts" $(journalctl --unit=branchline --output=cat | grep -ci 'watchdog timeout')
  `)
  const [stopped = '', hung = ''] = said.trim().split('\n')
  const [ms, result = ''] = stopped.split(' ')
  return { stopMs: Number(ms), result, restarts: hung }
}
