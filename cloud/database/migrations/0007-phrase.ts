import type { CloudMigration } from '../migration.ts'

/**
 * BEFORE: who claims a box types its three words.
 * AFTER: an account may let its people leave them out where they sit behind the same public address as the box.
 */
export const phrase: CloudMigration = {
  number: 7,
  name: 'phrase',
  statements: ['ALTER TABLE account ADD COLUMN phrase_optional bigint NOT NULL DEFAULT 0'],
}
