import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { makeAdminApp } from '../services/admin/app.ts'
import { loadAssets } from '../services/admin/assets.ts'
import type { About, AdminDeps, Health } from '../services/admin/contract.ts'
import { makeFront } from '../services/admin/front.ts'
import { serveAdmin } from '../services/admin/serve.ts'
import type { Clock } from '../services/core/clock.ts'
import type { Counters } from '../services/core/counters.ts'
import type { Ipv4 } from '../services/core/ipv4.ts'
import type { Log } from '../services/core/log.ts'
import type { Lan } from '../services/core/net.ts'
import type { DhcpServer } from '../services/dhcp/contract.ts'
import { makeDhcpServer } from '../services/dhcp/server.ts'
import { makeLdapServer } from '../services/directory/ldap-server.ts'
import { makeFileStore } from '../services/files/file-store.ts'
import { makeAlarms } from '../services/journey/alarms.ts'
import { makeJournal } from '../services/journey/journal.ts'
import { stepText } from '../services/journey/story.ts'
import type { Devices } from '../services/phones/contract.ts'
import { isSecretName } from '../services/phones/secret-name.ts'
import type { LiveSecrets } from '../services/program/redaction.ts'
import { makeRecords } from '../services/records/records.ts'
import { makeUlids } from '../services/records/ulid.ts'
import { makeOverlay } from '../services/rollouts/overlay.ts'
import { makeNotifier } from '../services/sip/notifier.ts'
import { describeBox, greet } from './about.ts'
import { fingerprintOf, openAccounts } from './accounts.ts'
import { builtPage, every } from './admin.ts'
import { composeAssist } from './assist.ts'
import { openSafety } from './backup/open.ts'
import { SOCKET_NAME } from './cli/client.ts'
import { beginWith } from './cloud/begin.ts'
import { openJoinableCloud } from './cloud/joinable.ts'
import type { Cloud } from './cloud/open.ts'
import type { BoxConfig, Ports } from './config/config.ts'
import { copiesAhead } from './copies-ahead.ts'
import { makeDhcpDesk } from './dhcp/desk.ts'
import { followDhcp } from './dhcp/follow.ts'
import { assembleDhcp } from './dhcp/settings.ts'
import { followEdits } from './edits.ts'
import { healthOf } from './health.ts'
import { makeHeart } from './heart.ts'
import { holderOf } from './holder.ts'
import { type HearingLinks, openLinks } from './links.ts'
import { openMedia } from './media.ts'
import { makeMoving } from './moving.ts'
import { openPageOnLan, type PageOnLan } from './page-on-lan.ts'
import { startPhoneServices } from './phone-services.ts'
import { checkPorts } from './ports.ts'
import { openRefetch } from './refetch/open.ts'
import { openRollouts } from './rollouts.ts'
import { openStorage } from './storage.ts'
import { makeBoxNetwork } from './system/box-network.ts'
import { makeUpdates } from './system/updates.ts'
import { templatesFor } from './template-preview.ts'
import { tidy } from './tidy.ts'
import { loadOrCreateAuthority } from './tls/authority.ts'
import { addressTowards, hashText } from './towards.ts'
import { makeUploadSink } from './uploads.ts'
import { openVendorData } from './vendor-data.ts'
import { warmUp } from './warm-up.ts'
import { makeWorkbench } from './workbench.ts'

export interface BoxDeps extends HearingLinks {
  readonly config: BoxConfig
  /** Only the interfaces that the box shall serve. */
  readonly lan: Lan
  readonly log: Log
  readonly counters: Counters
  readonly clock: Clock
  readonly secrets: LiveSecrets
  readonly mode: About['mode']
  /** Where the system of one of our images says what it does; undefined on any other machine. */
  readonly systemFolder?: string
  /** The newest lines of the log; undefined: none are kept. */
  readonly logs?: AdminDeps['logs']
  /** Ends this box and opens its data folder again, which may hold other data then; undefined: nobody would. */
  readonly restart?: () => void
}

/** A running box. Disposing it stops every service and closes the database. */
export interface Box extends AsyncDisposable {
  readonly devices: Devices
  readonly ports: Ports
  /** Where the page is; the local socket is in the data folder. */
  readonly page: string | undefined
  readonly socket: string
  readonly cloud: Cloud
  /** SHA-256 of the box's own authority, to compare with what a browser shows. */
  readonly fingerprint: string
  /** What the first account needs on the LAN; undefined once there is one. */
  setupCode(): string | undefined
  about(): About
  health(): Health
  /** What is on, where, and where the page is: a few lines for a person. */
  greeting(): string
}

/** Opens the data folder and starts every service. Throws typed errors; what had started is stopped again. */
export async function openBox(deps: BoxDeps): Promise<Box> {
  const { config, lan, log, counters, clock } = deps
  await using starting = new AsyncDisposableStack()
  const storage = starting.use(openStorage(config.dataFolder, clock, deps.secrets))
  const { db, secretBox } = storage
  const random = (length: number) => new Uint8Array(randomBytes(length))
  const newId = makeUlids({ clock, random })
  const records = makeRecords({ db, clock, newId, log })
  let cloud: Cloud | undefined
  const alarms = starting.use(makeAlarms({ db, clock, log, onRaise: (alarm) => cloud?.alarm(alarm) }))
  let dhcp: DhcpServer | undefined
  const holder = (address: Ipv4) => holderOf(address, dhcp?.leases, lan)
  const journal = starting.use(
    makeJournal({
      ...{ db, clock, log, counters },
      isKnown: (mac) => records.get('device', mac) !== undefined,
      holderOf: holder,
    }),
  )
  let ahead: ReturnType<typeof copiesAhead> | undefined
  const store = makeFileStore({
    ...{ db, folder: join(config.dataFolder, 'files'), log, clock },
    belongs: () => cloud?.state().state === 'claimed',
  })
  await store.start()
  const { files, media } = openMedia(store, log, () => ahead?.changed())
  const overlay = makeOverlay()
  const vendorData = openVendorData({ config, records, clock, log })
  starting.defer(() => vendorData.close())
  tidy()
  // Every file is another now: they are made before phones ask for them, and pictures that a template names are converted.
  starting.defer(vendorData.definitions.onChange(() => ahead?.changed()))
  const heart = makeHeart({
    definitions: vendorData.definitions,
    ...{ config, db, records, secretBox, journal, alarms, clock, log, counters, journeys: journal },
    passwordKey: storage.passwordKey,
    leases: { byAddress: (address) => dhcp?.leases.byAddress(address) },
    neighbour: (address) => lan.neighbour(address),
    media,
    files: media.served,
    ...{ stored: files, overlay },
    ...(config.uploads && { uploads: makeUploadSink({ folder: join(config.dataFolder, 'uploads'), secretBox, log }) }),
    addressFor: (mac) => addressTowards(lan, journal.of(mac)?.interface),
    address: () => addressTowards(lan, undefined),
    newId,
  })
  starting.defer(() => heart.close())
  starting.use(followEdits({ records, journal, inspector: heart.inspector, clock, log }))
  const assembled = assembleDhcp(config, records, lan.interfaces())
  for (const fault of assembled.faults) log.error('stored dhcp setting cannot be used', { fault })
  await checkPorts(config, assembled.settings, lan)
  dhcp = starting.use(
    makeDhcpServer({
      ...{ lan, journal, clock, log, counters },
      ...{ db, alarms, advisor: heart.dhcpAdvisor, settings: assembled.settings },
      random: Math.random,
    }),
  )
  const server = dhcp
  server.start()
  starting.defer(followDhcp({ config, records, lan, alarms, log, apply: (settings) => server.update(settings) }))

  const authority = await loadOrCreateAuthority({ folder: join(config.dataFolder, 'tls'), secretBox, clock })
  const notifier = starting.use(makeNotifier({ lan, random, hash: hashText, log, counters }))
  const refetch = starting.use(
    openRefetch({
      ...heart,
      ...{ db, clock, log, counters, lan, journal, notifier, newId },
      leases: server.leases,
      hash: hashText,
    }),
  )
  const { assist, provisioner } = composeAssist({
    ...{ journal, alarms, clock, log, counters, people: heart.people, leases: server.leases },
    resync: (mac, by) => refetch.ask(mac, { by, reboot: false }),
    ...{ devices: heart.devices, layers: heart.layers, manuals: heart.manuals, pages: heart.claimPages },
    provisioner: heart.provisioner,
    neighbour: (address) => lan.neighbour(address),
  })
  const phoneServices = starting.use(
    await startPhoneServices({
      ...{ config, lan, journal, clock, log, counters, random, authority, blobs: files, leases: server.leases },
      ...{ provisioner, pnpAdvisor: heart.pnpAdvisor },
    }),
  )
  const ldap = starting.use(
    makeLdapServer({
      ...{ lan, journal, clock, log, counters, access: heart.bookAccess, phoneBook: heart.phoneBook },
      settings: { port: config.ports.ldap },
    }),
  )
  if (config.ldap) ldap.start()
  starting.use(warmUp({ devices: heart.devices, inspector: heart.inspector, log }))
  ahead = starting.use(copiesAhead({ records, devices: heart.devices, inspector: heart.inspector, log }))

  const tell: AdminDeps['resync'] = (mac, { by, reboot = false }) => refetch.ask(mac, { by, reboot })
  const { rollouts, ports, fileUses } = openRollouts({
    ...heart,
    ...{ db, overlay, clock, log, newId, every, records, files, journal, journeys: journal, tell },
    isIdle: (mac) => refetch.idle(mac),
  })
  starting.use(rollouts)

  const { dataFolder } = config
  const fingerprint = fingerprintOf(authority.caDer)
  const accounts = openAccounts({ db, clock, secretBox, alarms })
  const updates = starting.use(
    makeUpdates({ ...{ dataFolder, systemFolder: deps.systemFolder, clock, log, every }, zone: ports.zone }),
  )
  let onLan: PageOnLan | undefined
  const startedAt = clock.now()
  const about = (): About =>
    describeBox({
      ...{ mode: deps.mode, startedAt, lan, config, dhcp: server.status(), ldap, ...phoneServices },
      pages: onLan?.listeners() ?? [],
    })
  const templates = templatesFor(vendorData, heart)
  const link = starting.use(
    openJoinableCloud({
      ...{ configured: config.cloud.url, dataFolder, secretBox, clock, log },
      begin: beginWith({
        ...heart,
        ...phoneServices,
        ...{ config, db, records, secretBox, alarms, lan, counters, clock, log, journal, refetch, dhcp: server, ldap },
        ...{ authority, about, templates, packs: vendorData.packs, onTemplates: vendorData.definitions.onChange },
        ...{ files, fileUses, rollouts, updates, startedAt, zone: ports.zone },
      }),
    }),
  )
  cloud = link
  const health = () => healthOf({ db, lan, ...phoneServices })
  const boxNetwork = makeBoxNetwork({ dataFolder, systemFolder: deps.systemFolder, lan, log })
  const { backups, restores } = starting.use(
    openSafety({
      ...{ config, systemFolder: deps.systemFolder, alarms, clock, log, every, restart: deps.restart },
      ...{ problems: () => health().problems, cloud: link, records, files, accounts, lan, boxNetwork },
    }),
  )
  const networks = () => assembleDhcp(config, records, lan.interfaces()).settings.networks
  const moving = makeMoving({ ...{ db, records, heart, clock, journal, journeys: journal, random }, networks })
  const app = makeAdminApp({
    ...heart,
    ...{ moving, accounts, fingerprint },
    workbench: makeWorkbench(heart),
    ...{ health, updates, boxNetwork },
    ...{ backups, restores, logs: deps.logs ?? { after: () => [] } },
    links: starting.use(openLinks({ ...deps, every })),
    ...{ assist, journeys: journal, alarms, leases: server.leases, records, counters, clock, log, every, about },
    dhcp: makeDhcpDesk({
      ...{ config, records, lan, server, networks, clock, log, counters },
      advisor: heart.dhcpAdvisor,
    }),
    allow(mac, { by }) {
      heart.deliveries.allow(mac)
      journal.record({ at: clock.now(), mac, step: { kind: 'record.changed', by, what: 'allowed to fetch again' } })
    },
    ...{ cloud: link, refetch },
    resync: tell,
    ...{ files, rollouts },
    templates,
    fileUses,
    tell: (happening) => stepText(happening.step),
    isSecret: isSecretName,
  })
  const socket = join(config.dataFolder, SOCKET_NAME)
  const assets = await loadAssets(builtPage())
  const admin = starting.use(await serveAdmin({ app, assets, port: config.ports.admin, socketPath: socket }))
  onLan = starting.use(
    await openPageOnLan({
      ...{ config, lan, accounts, authority, log, mode: deps.mode },
      front: makeFront({ app, assets }),
    }),
  )
  rollouts.begin()
  const running = starting.move()
  return {
    devices: heart.devices,
    ports: config.ports,
    page: admin.url,
    ...{ socket, cloud: link, about, health },
    setupCode: () => accounts.setupCode(),
    fingerprint,
    greeting: () => greet(about(), { page: admin.url, fingerprint, setupCode: accounts.setupCode() }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
