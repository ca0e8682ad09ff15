import { createHash, randomBytes } from 'node:crypto';
import { audited, writeAudit, type Trx } from '../audit.ts';
import { publisherOf } from './publishers.ts';
import type { Ledger } from '../tables.ts';

/** Makes a key for the reporting API. It is shown once: only its hash is kept. */
export async function addApiKey(trx: Trx, publisher: string, name: string, who: string): Promise<string> {
  await publisherOf(trx, publisher);
  const known = (await listApiKeys(trx, publisher)).find(
    (each) => each.name === name && each.revoked_at === null,
  );
  if (known)
    throw new Error(`${publisher} has a key "${name}" already: revoke it, or give this one another name`);
  const key = `ls_${randomBytes(24).toString('base64url')}`;
  const row = { hash: hashOfKey(key), publisher, name };
  await audited(trx, { who, what: 'API key made', subject: publisher, after: { name } }, () =>
    trx.insertInto('api_keys').values(row).execute(),
  );
  return key;
}

/** A key is 192 random bits: there is nothing to guess, so one round of a hash is enough. */
export const hashOfKey = (key: string) => createHash('sha256').update(key).digest('hex');

/** The keys of a publisher, in force or revoked; of themselves nothing is shown. */
export function listApiKeys(db: Ledger, publisher: string) {
  return db
    .selectFrom('api_keys')
    .select(['name', 'made_at', 'revoked_at'])
    .where('publisher', '=', publisher)
    .orderBy('made_at')
    .execute();
}

/** Rejects where no key of this name is in force. */
export async function revokeApiKey(trx: Trx, publisher: string, name: string, who: string): Promise<void> {
  await publisherOf(trx, publisher);
  const { numUpdatedRows } = await inForce(trx, publisher, name).executeTakeFirst();
  if (numUpdatedRows === 0n) throw new Error(`${publisher} has no key "${name}" in force`);
  await writeAudit(trx, { who, what: 'API key revoked', subject: publisher, before: { name } }); // prettier-ignore
}

const inForce = (trx: Trx, publisher: string, name: string) =>
  trx
    .updateTable('api_keys')
    .set({ revoked_at: new Date() })
    .where('publisher', '=', publisher)
    .where('name', '=', name)
    .where('revoked_at', 'is', null);
