import { describe, expect, it } from 'vitest'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import type { CloudState } from '../../services/enrolment/contract.ts'
import { cloudNews, cloudText } from './cloud-text.ts'

const AT = Date.UTC(2026, 0, 2, 3, 4, 5)
const url = 'https://cloud.example'
const known = { url, fingerprint: 'f'.repeat(64), phrase: 'orbit canal mimic' }
const membership = { url, boxId: 'b1', orgId: 'o1', orgName: 'Acme', siteId: 's1', claimedAt: AT }
const unreachable = { since: AT, reason: 'no answer in time' }

it.each<[CloudView & CloudState, string, string | undefined]>([
  [{ state: 'off', reason: 'no account is configured' }, 'off: no account is configured\n', undefined],
  [
    { state: 'unclaimed', ...known, unreachable },
    `belongs to no account yet; asks ${url} for a code\n  phrase       orbit canal mimic\n  fingerprint  ${known.fingerprint}\n  unreachable since 2026-01-02 03:04 UTC: no answer in time\n`,
    undefined,
  ],
  [
    {
      state: 'unclaimed',
      ...known,
      code: 'BCDF-GHJK',
      claimPage: `${url}/claim`,
      claimUrl: `${url}/claim?code=BCDF-GHJK`,
      expiresAt: AT,
    },
    `belongs to no account yet\n  code         BCDF-GHJK   type it at ${url}/claim before 2026-01-02 03:04 UTC; another follows\n  phrase       orbit canal mimic   type it there too\n  fingerprint  ${known.fingerprint}\n`,
    `  cloud  code BCDF-GHJK, phrase orbit canal mimic: type both at ${url}/claim\n`,
  ],
  [
    { state: 'already-claimed', ...known },
    `belongs to an account at ${url} that this box knows nothing of\n  release it there, or give it new keys: branchline cloud leave\n  fingerprint  ${known.fingerprint}\n`,
    '  cloud  belongs to an account already: release it there, or branchline cloud leave\n',
  ],
  [
    { state: 'claimed', ...membership, problem: 'another box uses the same key' },
    `claimed by Acme on 2026-01-02 03:04 UTC\n  account  ${url}\n  site     s1\n  box      b1\n  another box uses the same key\n`,
    '  cloud  claimed by Acme\n',
  ],
  [
    { state: 'released', ...membership, since: AT },
    'released by Acme on 2026-01-02 03:04 UTC; phones are served as before\n  to let it be claimed again: branchline cloud leave\n',
    '  cloud  released by Acme; phones are served as before\n',
  ],
  [
    { state: 'revoked', ...membership, since: AT },
    'locked out by Acme on 2026-01-02 03:04 UTC; phones are served as before\n  to let it be claimed again: branchline cloud leave\n',
    '  cloud  revoked by Acme; phones are served as before\n',
  ],
])('$0.state', (state, text, news) => expect([cloudText(state), cloudNews(state)]).toEqual([text, news]))

describe('sync', () => {
  const well = { waiting: 0, crowded: false, halted: false, upgrade: false, live: true, withoutSecrets: false }
  const lines = (sync: object) =>
    cloudText({ state: 'claimed', ...membership, sync: { ...well, notices: [], unusable: [], ...sync } })
      .split('\n')
      .slice(4, -1)

  it.each([
    [{}, ['  synced   not yet since the box started']],
    [{ syncedAt: AT, waiting: 1 }, ['  synced   2026-01-02 03:04 UTC; 1 edit waits']],
    [
      { syncedAt: AT, waiting: 60_000, crowded: true, failing: unreachable },
      [
        '  synced   2026-01-02 03:04 UTC; 60000 edits wait',
        '  no sync since 2026-01-02 03:04 UTC: no answer in time',
        '  very many edits wait: make no more here until the account was reached',
      ],
    ],
    [
      { syncedAt: AT, halted: true, upgrade: true, withoutSecrets: true },
      [
        '  synced   2026-01-02 03:04 UTC',
        '  two boxes with this identity are alive: choose the right one in the account',
        '  this box is too old for the account to take its edits: update it',
        '  the account takes no secrets: those of this box stay here alone',
      ],
    ],
    [
      {
        syncedAt: AT,
        notices: [
          { mutationId: '1', kind: 'device', id: '00005e005301', group: 'keys', outcome: 'conflict' },
          { mutationId: '2', kind: 'network', id: 'lan', group: 'field:subnet', outcome: 'merged' },
          {
            mutationId: '3',
            kind: 'device',
            id: '00005e005302',
            group: 'keys',
            outcome: 'rejected',
            code: 'too-large',
          },
        ],
        unusable: [{ kind: 'group', id: 'a\u001b[2Jb', reason: 'settings: expected a record' }],
      },
      [
        '  synced   2026-01-02 03:04 UTC',
        '  edit here did not stand, it is kept in the account: device 00005e005301 (keys)',
        '  edit here stands, the one of the account is kept there: network lan (field:subnet)',
        '  edit here was refused (too-large): device 00005e005302 (keys)',
        '  cannot be used here: group a.[2Jb: settings: expected a record',
      ],
    ],
  ])('%j', (sync, expected) => expect(lines(sync)).toEqual(expected))
})
