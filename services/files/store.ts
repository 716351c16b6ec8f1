import type { SqlDatabase } from '../core/sql.ts'
import type { FileKind, NamedFile } from './contract.ts'
import { kindOf } from './kind.ts'
import { foldName } from './name.ts'

interface Row {
  readonly name: string
  readonly hash: string
  readonly size: number
  readonly content_type: string
  readonly added_at: number
  readonly added_by: string
  readonly kind: string
  readonly version: string | null
  readonly models: string
  readonly hardware: string
  readonly origin: string
}

const COLUMNS = 'name, hash, size, content_type, added_at, added_by, kind, version, models, hardware, origin'

export function findFile(db: SqlDatabase, name: string): NamedFile | undefined {
  const row = db.query<Row>(`SELECT ${COLUMNS} FROM file WHERE folded = ?`).get(foldName(name))
  return row === null ? undefined : fileOf(row)
}

export function listFiles(db: SqlDatabase): readonly NamedFile[] {
  return db.query<Row>(`SELECT ${COLUMNS} FROM file ORDER BY folded`).all().map(fileOf)
}

/** Gives a name to content; what had the name before is returned. */
export function saveFile(db: SqlDatabase, file: NamedFile): NamedFile | undefined {
  return db.write(() => {
    const before = findFile(db, file.name)
    db.query(
      `INSERT INTO file (folded, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (folded) DO UPDATE SET name = excluded.name, hash = excluded.hash, size = excluded.size,
         content_type = excluded.content_type, added_at = excluded.added_at, added_by = excluded.added_by,
         kind = excluded.kind, version = excluded.version, models = excluded.models, hardware = excluded.hardware,
         origin = excluded.origin`,
    ).run(
      ...[foldName(file.name), file.name, file.hash, file.size, file.contentType, file.addedAt, file.by],
      ...[file.kind, file.version ?? null, JSON.stringify(file.models), JSON.stringify(file.hardware)],
      file.origin ?? '',
    )
    return before
  })
}

/** The file that the name meant, or undefined when there was none. */
export function deleteFile(db: SqlDatabase, name: string): NamedFile | undefined {
  return db.write(() => {
    const before = findFile(db, name)
    if (before !== undefined) db.query('DELETE FROM file WHERE folded = ?').run(foldName(name))
    return before
  })
}

export function isNamed(db: SqlDatabase, hash: string): boolean {
  return db.query('SELECT 1 FROM file WHERE hash = ? LIMIT 1').get(hash) !== null
}

function fileOf(row: Row): NamedFile {
  return {
    name: row.name,
    hash: row.hash,
    size: row.size,
    contentType: row.content_type,
    addedAt: row.added_at,
    by: row.added_by,
    // An empty kind: stored by a release that knew none.
    kind: row.kind === '' ? kindOf(row.name) : (row.kind as FileKind),
    models: JSON.parse(row.models) as string[],
    hardware: JSON.parse(row.hardware) as string[],
    ...(row.version !== null && { version: row.version }),
    ...(row.origin === 'account' && { origin: 'account' }),
  }
}
