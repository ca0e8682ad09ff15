import { sql } from 'kysely';
import type { Trx } from '../audit.ts';
import type { Ledger } from '../tables.ts';
import type { Values } from './macros.ts';
import { breakAfter } from './schedule.ts';
import type { PostbackSettings } from './settings.ts';
import type { Secret } from './sign.ts';

/** A delivery whose attempt is ours alone, until the lease ends. */
export interface Claimed {
  id: string;
  publisher: string;
  says: Values;
  /** Attempts made before this one. */
  attempts: number;
  lease: string;
  settings: PostbackSettings;
  secrets: Secret[];
}

export interface Terms {
  now: Date;
  /** Names this claim. */
  lease: string;
  until: Date;
  /** At most so many. */
  most: number;
}

/**
 * Takes what is due. Claims wait for each other, so what a publisher bears at a time counts for all workers together. Of one conversion
 * never two go to a publisher at once, and never an older after a newer. What a dead worker left is due again, under its old number.
 */
export async function claim(db: Ledger, terms: Terms): Promise<Claimed[]> {
  if (!(await isAnythingDue(db, terms.now))) return [];
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('outbound claims', 0))`.execute(trx);
    await takeBack(trx, terms.now);
    const rows = await take(trx, terms);
    return rows.map(({ says, settings, secrets, ...row }) => ({
      ...row,
      lease: terms.lease,
      says: JSON.parse(says) as Values,
      settings: JSON.parse(settings) as PostbackSettings,
      secrets: JSON.parse(secrets) as Secret[],
    }));
  });
}

/** A look without a lock or a transaction: mostly there is nothing. */
async function isAnythingDue(db: Ledger, now: Date): Promise<boolean> {
  const { rows } = await sql<{ due: boolean }>`
    select exists (select from deliveries where state = 'waiting' and due_at <= ${now})
      or exists (select from deliveries where state = 'sending' and leased_until <= ${now}) as due`.execute(
    db,
  );
  return rows[0]!.due;
}

async function takeBack(trx: Trx, now: Date): Promise<void> {
  await sql`
    update deliveries set lease = null, leased_until = null,
      state = case when newer is null then 'waiting' else 'superseded' end,
      done_at = case when newer is null then null else ${now}::timestamptz end
    where seq in (select seq from deliveries where state = 'sending' and leased_until <= ${now} for update skip locked)`.execute(
    trx,
  );
}

interface Row {
  id: string;
  publisher: string;
  says: string;
  attempts: number;
  settings: string;
  secrets: string;
}

/** Of each publisher the oldest that are due, as many as it bears; one only, to see whether it is back. */
async function take(trx: Trx, { now, lease, until, most }: Terms): Promise<Row[]> {
  const { rows } = await sql<Row>`
    with open as (
      select p.publisher, p.settings, p.secrets,
        case when p.outages >= ${breakAfter} then 1 else (p.settings::json ->> 'concurrency')::int end
        - (select count(*)::int from deliveries s where s.publisher = p.publisher and s.state = 'sending') as room
      from postbacks p join publishers u on u.id = p.publisher
      where u.status = 'active' and p.off_at is null and (p.paused_until is null or p.paused_until <= ${now})
    ), due as materialized (
      select d.seq from open cross join lateral (
        select w.seq, w.due_at from deliveries w
        where w.publisher = open.publisher and w.state = 'waiting' and w.due_at <= ${now}
          and not exists (select from deliveries s where s.publisher = w.publisher and s.key = w.key and s.state = 'sending')
        order by w.due_at, w.seq limit greatest(open.room, 0) for update skip locked
      ) d order by d.due_at, d.seq limit ${most}
    )
    update deliveries d set state = 'sending', lease = ${lease}, leased_until = ${until}
    from due, postbacks p where d.seq = due.seq and p.publisher = d.publisher
    returning d.id, d.publisher, d.says, d.attempts, p.settings, p.secrets`.execute(trx);
  return rows;
}
