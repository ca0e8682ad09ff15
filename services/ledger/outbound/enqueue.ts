import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ConversionState } from '../../contract/state.ts';
import type { Status } from '../../contract/status.ts';
import type { Change, Trx } from '../record.ts';
import type { ConversionRow } from '../row.ts';
import { macroNames, sight, valuesOf, type Macro, type Values } from './macros.ts';
import { seenMacros, type PostbackSettings } from './settings.ts';

/** How a publisher wants to be told. */
interface Wish {
  settings: PostbackSettings;
  seen: Set<Macro>;
}

interface News {
  publisher: string;
  key: string;
  says: Values;
  said: string;
  delaySeconds: number;
}

/**
 * Writes what publishers are to be told of changes, in the transaction of the changes themselves: none is lost, and none is sent of a row
 * that was rolled back. What a publisher could not see, or was told last, is no news. A delivery that still waits gives way to the newer.
 */
export async function enqueueDeliveries(
  trx: Trx,
  changes: readonly Change[],
  now = new Date(),
): Promise<void> {
  const wishes = await loadWishes(trx, changes);
  if (wishes.size === 0) return;
  const news = changes.flatMap((change) => newsOf(change, wishes));
  if (news.length === 0) return;
  const known = await lastSaid(trx, news);
  const rows = news.filter(({ publisher, key, said }) => known.get(nameOf(publisher, key)) !== said).map((each) => toRow(each, now)); // prettier-ignore
  await giveWay(trx, rows, now);
  await insert(trx, rows);
}

async function loadWishes(trx: Trx, changes: readonly Change[]): Promise<Map<string, Wish>> {
  const ids = [
    ...new Set(
      changes.flatMap(({ before, after }) => [after.publisher, ...(before ? [before.publisher] : [])]),
    ),
  ];
  const rows = await trx
    .selectFrom('postbacks')
    .innerJoin('publishers', 'publishers.id', 'postbacks.publisher')
    .select(['postbacks.publisher', 'postbacks.settings'])
    .where('postbacks.publisher', '=', sql<string>`any(${sql.val(ids)}::text[])`)
    .where('publishers.status', '<>', 'closed')
    .execute();
  const parsed = rows.map(
    ({ publisher, settings }) => [publisher, JSON.parse(settings) as PostbackSettings] as const,
  );
  return new Map(parsed.map(([publisher, settings]) => [publisher, { settings, seen: seenBy(settings) }]));
}

/** Settings that today's code cannot read must fail where they are used, and keep no sale from being recorded. */
function seenBy(settings: PostbackSettings): Set<Macro> {
  try {
    return seenMacros(settings);
  } catch {
    return new Set(macroNames);
  }
}

/** To whose it is, how it is; to whose it was, that it is not theirs any more. */
function newsOf({ before, after }: Change, wishes: ReadonlyMap<string, Wish>): News[] {
  const moved = before && before.publisher !== after.publisher;
  const told = before && say(before, wishes.get(before.publisher));
  const tells = say(after, wishes.get(after.publisher));
  const news = tells && (moved || tells.said !== told?.said) ? [tells] : [];
  const gone = moved && told && say(takenAway(before), wishes.get(before.publisher));
  return gone ? [...news, gone] : news;
}

const takenAway = (row: ConversionRow): ConversionRow => ({ ...row, status: 'reversed', payout_amount: '0' });

function say(row: ConversionRow, wish: Wish | undefined): News | undefined {
  if (!wish) return undefined;
  const { settings, seen } = wish;
  const word = settings.statuses[row.status as Status];
  if (word === undefined || (row.test && !settings.tests) || (isHint(row) && !settings.unverified))
    return undefined;
  const says = valuesOf(row, word, `dl_${randomUUID().replaceAll('-', '')}`);
  return {
    publisher: row.publisher,
    key: row.key,
    says,
    said: sight(says, seen),
    delaySeconds: settings.delaySeconds,
  };
}

/** What nothing proves yet, and is not paid as it is. */
const isHint = ({ verified, payout_held, state }: ConversionRow) =>
  !verified && payout_held !== null && (JSON.parse(state) as ConversionState).via !== 'report';

const nameOf = (publisher: string, key: string) => `${publisher} ${key}`;

async function lastSaid(trx: Trx, news: readonly News[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ publisher: string; key: string; said: string }>`
    select distinct on (key, publisher) publisher, key, said from deliveries
    where key = any(${sql.val(news.map(({ key }) => key))}::text[])
    order by key, publisher, seq desc`.execute(trx);
  return new Map(rows.map(({ publisher, key, said }) => [nameOf(publisher, key), said]));
}

const toRow = ({ publisher, key, says, said, delaySeconds }: News, now: Date) => ({
  ...{ id: says.deliveryId, publisher, key, says: JSON.stringify(says), said },
  ...{ due_at: new Date(now.getTime() + delaySeconds * 1000), made_at: now },
});
type Row = ReturnType<typeof toRow>;

/** One that is under way now learns that there is a newer one: if it fails, it is not tried again. */
async function giveWay(trx: Trx, rows: readonly Row[], now: Date): Promise<void> {
  await sql`
    update deliveries d set newer = n.id,
      state = case when d.state = 'waiting' then 'superseded' else d.state end,
      done_at = case when d.state = 'waiting' then ${now}::timestamptz else d.done_at end
    from json_populate_recordset(null::deliveries, ${JSON.stringify(rows)}::json) n
    where d.key = n.key and d.publisher = n.publisher and d.state in ('waiting', 'sending')`.execute(trx);
}

async function insert(trx: Trx, rows: readonly Row[]): Promise<void> {
  await sql`
    insert into deliveries (id, publisher, key, says, said, due_at, made_at)
    select id, publisher, key, says, said, due_at, made_at
    from json_populate_recordset(null::deliveries, ${JSON.stringify(rows)}::json)`.execute(trx);
}
