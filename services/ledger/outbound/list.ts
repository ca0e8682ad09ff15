import { sql } from 'kysely';
import { z } from 'zod';
import { publisherId } from '../inputs.ts';
import type { Ledger } from '../tables.ts';
import type { Values } from './macros.ts';
import { shown, type PostbackSettings } from './settings.ts';

export const deliveryFilter = z.strictObject({
  publisher: publisherId.optional(),
  /** A conversion's key, or the partner's id of it. */
  conversion: z.string().optional(),
  state: z.enum(['waiting', 'sending', 'delivered', 'failed', 'superseded']).optional(),
  limit: z.number().int().min(1).max(500).default(50),
});

/** Deliveries, the newest first, each with its attempts; and how the postbacks of their publishers fare. Secrets are not shown. */
export async function listDeliveries(db: Ledger, filter: z.output<typeof deliveryFilter>) {
  const { publisher, conversion, state, limit } = filter;
  const deliveries = await db
    .selectFrom('deliveries')
    .select([
      'id',
      'seq',
      'publisher',
      'key',
      'says',
      'state',
      'newer',
      'attempts',
      'due_at',
      'made_at',
      'done_at',
    ])
    .$if(publisher !== undefined, (query) => query.where('publisher', '=', publisher!))
    .$if(state !== undefined, (query) => query.where('state', '=', state!))
    .$if(conversion !== undefined, (query) =>
      query.where((where) =>
        where.or([where('key', '=', conversion!), where('key', 'in', keysOf(db, conversion!))]),
      ),
    )
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  const attempts = await attemptsOf(db, deliveries.map(({ id }) => id)); // prettier-ignore
  return {
    postbacks: await listPostbacks(db, publisher),
    deliveries: deliveries.map(({ seq: _, says, ...rest }) => ({
      ...rest,
      says: JSON.parse(says) as Values,
      log: attempts.get(rest.id) ?? [],
    })),
  };
}

const keysOf = (db: Ledger, id: string) =>
  db.selectFrom('conversions').select('key').where('conversion_id', '=', id);

async function attemptsOf(db: Ledger, ids: readonly string[]) {
  const rows = await db
    .selectFrom('delivery_attempts')
    .selectAll()
    .where('delivery', '=', sql<string>`any(${sql.val(ids)}::text[])`)
    .orderBy('number')
    .execute();
  return Map.groupBy(rows, ({ delivery }) => delivery);
}

async function listPostbacks(db: Ledger, publisher: string | undefined) {
  const rows = await db
    .selectFrom('postbacks')
    .selectAll()
    .$if(publisher !== undefined, (query) => query.where('publisher', '=', publisher!))
    .orderBy('publisher')
    .execute();
  return rows.map(({ secrets: _, settings, ...row }) => ({
    ...row,
    settings: shown(JSON.parse(settings) as PostbackSettings),
  }));
}
