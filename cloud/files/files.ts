import { ConflictError, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { isHash } from '../../services/files/blob-folder.ts'
import { type Content, WrongHashError } from '../../services/files/contract.ts'
import { checkName } from '../../services/files/name.ts'
import { lockAccount } from '../accounts/accounts.ts'
import { note } from '../accounts/audit.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import type { AccountFileTable } from '../database/tables-files.ts'
import type { BlobStore } from './blob-store.ts'
import { usesOfContent } from './uses.ts'

/** Content that nothing names any more is kept for a day: an upload of it may be under way. */
const UNUSED_MS = 86_400_000
const SWEPT_AT_ONCE = 200

export interface AccountFile {
  readonly name: string
  readonly hash: string
  readonly size: number
  readonly contentType: string
  readonly addedAt: number
  readonly addedBy: string
}

export interface FileLimits {
  /** Bytes of all files of an account together. */
  readonly quota: number
  /** Bytes of one file. */
  readonly most: number
}

function view(row: AccountFileTable): AccountFile {
  const { name, hash } = row
  const added = { addedAt: row.added_at, addedBy: row.added_by }
  return { name, hash, size: row.size_n, contentType: row.content_type, ...added }
}

/** Where content lies, and how much of it an account may have. */
export interface FileStore {
  readonly blobs: BlobStore
  readonly limits: FileLimits
}

export type FilesDeps = FileStore & Pick<CloudContext, 'database' | 'clock'>

export type CloudFiles = ReturnType<typeof makeCloudFiles>

/** The files of accounts: names in the database, content by hash in the store, once however many accounts have it. */
export function makeCloudFiles({ database, clock, blobs, limits }: FilesDeps) {
  const unknown = () => new NotFoundError('there is no such file')

  async function checkQuota(trx: Trx, accountId: string, name: string, size: number): Promise<void> {
    const rows = await trx
      .selectFrom('account_file')
      .select(['name', 'size_n'])
      .where('account_id', '=', accountId)
      .execute()
    const used = rows.reduce((total, row) => total + (row.name === name ? 0 : row.size_n), 0)
    if (used + size <= limits.quota) return
    const left = Math.max(0, limits.quota - used)
    throw new OperatorError(
      `${size} bytes are more than the ${left} that this account has left: remove files that nothing uses`,
    )
  }

  /** Boxes ask for content by its hash: as long as they shall have it, a name of it stays. */
  async function checkUnused(trx: Trx, accountId: string, name: string, hash: string): Promise<void> {
    const others = await trx
      .selectFrom('account_file')
      .select('name')
      .where('account_id', '=', accountId)
      .where('hash', '=', hash)
      .where('name', '!=', name)
      .executeTakeFirst()
    const use = others === undefined ? await usesOfContent(trx, accountId, hash) : undefined
    if (use !== undefined) throw new ConflictError(`${name} is ${use}: boxes fetch it; take that away first`)
  }

  return {
    limits,

    async list(accountId: string): Promise<readonly AccountFile[]> {
      const rows = await database.db
        .selectFrom('account_file')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('name')
        .execute()
      return rows.map(view)
    },

    async get(accountId: string, name: string): Promise<AccountFile> {
      const row = await database.db
        .selectFrom('account_file')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('name', '=', name)
        .executeTakeFirst()
      if (row === undefined) throw unknown()
      return view(row)
    },

    /** By content, for a box of the account: it knows files by their hash. */
    async byHash(accountId: string, hash: string): Promise<AccountFile> {
      const row = await database.db
        .selectFrom('account_file')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('hash', '=', hash)
        .limit(1)
        .executeTakeFirst()
      if (row === undefined) throw unknown()
      return view(row)
    },

    read: (file: AccountFile, range: { readonly from: number; readonly to: number }) => blobs.read(file.hash, range),

    /** Stored whole or not at all; what is returned is durable. */
    async put(
      accountId: string,
      given: string,
      content: Content,
      options: {
        readonly contentType: string
        readonly size?: number
        readonly sha256?: string | undefined
        readonly replace: boolean
        readonly caller: Caller
      },
    ): Promise<AccountFile> {
      const name = checkName(given)
      const wanted = options.sha256?.toLowerCase()
      if (wanted !== undefined && !isHash(wanted))
        throw new OperatorError(`${JSON.stringify(wanted.slice(0, 70))} is no SHA-256 in hexadecimal`)
      // Before the first byte: who has no room left need not send a gigabyte to hear of it.
      if (options.size !== undefined) {
        const { size } = options
        await database.transaction((trx) => checkQuota(trx, accountId, name, size), { readOnly: true })
      }
      const sized = options.size === undefined ? {} : { size: options.size }
      await using staged = await blobs.stage(content, { maxSize: limits.most, ...sized })
      const { hash, size } = staged
      if (wanted !== undefined && wanted !== hash)
        throw new WrongHashError(`what came has SHA-256 ${hash}, not ${wanted}; nothing was stored, send it again`)
      const now = clock.now()
      // From here on the sweep leaves this content alone.
      await database.db
        .insertInto('blob')
        .values({ hash, size_n: size, touched_at: now })
        .onConflict((conflict) => conflict.column('hash').doUpdateSet({ touched_at: now }))
        .execute()
      await staged.keep()
      const row: AccountFileTable = {
        ...{ account_id: accountId, name, hash, size_n: size, content_type: options.contentType },
        ...{ added_at: now, added_by: options.caller.name },
      }
      await database.transaction(async (trx) => {
        // Two uploads at once must not both take what is left.
        await lockAccount(trx, accountId)
        await checkQuota(trx, accountId, name, size)
        const there = await trx
          .selectFrom('account_file')
          .select('hash')
          .where('account_id', '=', accountId)
          .where('name', '=', name)
          .executeTakeFirst()
        if (there !== undefined && there.hash !== hash) {
          if (!options.replace)
            throw new ConflictError(`${name} is stored already with other content; replace=1 puts this one there`)
          await checkUnused(trx, accountId, name, there.hash)
        }
        await trx
          .insertInto('account_file')
          .values(row)
          .onConflict((conflict) => conflict.columns(['account_id', 'name']).doUpdateSet(row))
          .execute()
        const detail = { size, hash }
        await note(trx, now, options.caller, { accountId, action: 'file.put', target: `file:${name}`, detail })
      })
      return view(row)
    },

    async remove(accountId: string, name: string, caller: Caller): Promise<void> {
      await database.transaction(async (trx) => {
        const row = await trx
          .deleteFrom('account_file')
          .where('account_id', '=', accountId)
          .where('name', '=', name)
          .returning('hash')
          .executeTakeFirst()
        if (row === undefined) throw unknown()
        await checkUnused(trx, accountId, name, row.hash)
        const detail = { hash: row.hash }
        await note(trx, clock.now(), caller, { accountId, action: 'file.remove', target: `file:${name}`, detail })
      })
    },

    /** Takes content away that nothing names, a day after it was last stored. */
    async sweep(): Promise<void> {
      const before = clock.now() - UNUSED_MS
      const unused = await database.db
        .selectFrom('blob')
        .leftJoin('account_file', 'account_file.hash', 'blob.hash')
        .select('blob.hash')
        .where('account_file.hash', 'is', null)
        .where('blob.touched_at', '<', before)
        .limit(SWEPT_AT_ONCE)
        .execute()
      for (const { hash } of unused)
        await database.transaction(async (trx) => {
          const gone = await trx
            .deleteFrom('blob')
            .where('hash', '=', hash)
            .where('touched_at', '<', before)
            .where((eb) =>
              eb.not(eb.exists(eb.selectFrom('account_file').select('name').where('account_file.hash', '=', hash))),
            )
            .executeTakeFirst()
          // Within the transaction, which holds the row: whoever stores the same content now waits, and stores it after.
          if (gone.numDeletedRows === 1n) await blobs.remove(hash)
        })
    },
  }
}
