import type { z } from 'zod';
import { audited, type Trx } from '../audit.ts';
import type { publisherInput } from '../inputs.ts';
import type { Ledger } from '../tables.ts';

export async function addPublisher(
  trx: Trx,
  input: z.infer<typeof publisherInput>,
  who: string,
): Promise<void> {
  const { id, name, status = 'active', contacts = {}, payIn = 'none' } = input;
  const known = await trx.selectFrom('publishers').select('id').where('id', '=', id).executeTakeFirst();
  if (known) throw new Error(`there is a publisher "${id}" already`);
  await audited(trx, { who, what: 'publisher added', subject: id, after: input }, () =>
    trx
      .insertInto('publishers')
      .values({
        id,
        name,
        status,
        contacts: JSON.stringify(contacts),
        pay_in: payIn === 'none' ? null : payIn,
      })
      .execute(),
  );
}

/** Rejects where there is none of this id. */
export async function setPublisher(
  trx: Trx,
  { id, ...changes }: Omit<z.infer<typeof publisherInput>, 'name'> & { name?: string | undefined },
  who: string,
): Promise<void> {
  const before = await publisherOf(trx, id);
  const { contacts, name, status, payIn } = changes;
  const wanted = {
    ...(name !== undefined && { name }),
    ...(status && { status }),
    ...(contacts && { contacts: withContacts(before.contacts, contacts) }),
    ...(payIn !== undefined && { pay_in: payIn === 'none' ? null : payIn }),
  };
  const values = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== before[name as keyof typeof before])); // prettier-ignore
  if (Object.keys(values).length === 0) return;
  await audited(trx, { who, what: 'publisher changed', subject: id, before, after: values }, () =>
    trx.updateTable('publishers').set(values).where('id', '=', id).execute(),
  );
}

/** What is not named stays; an empty text takes a contact away. */
function withContacts(before: string, changes: Record<string, string>): string {
  const all = { ...(JSON.parse(before) as Record<string, string>), ...changes };
  return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')));
}

/** Rejects where there is none of this id. */
export async function publisherOf(db: Ledger, id: string) {
  const found = await db.selectFrom('publishers').selectAll().where('id', '=', id).executeTakeFirst();
  if (!found) throw new Error(`there is no publisher "${id}"`);
  return found;
}
