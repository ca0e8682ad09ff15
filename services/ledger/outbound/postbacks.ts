import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { status } from '../../contract/status.ts';
import { audited, writeAudit, type Trx } from '../audit.ts';
import { publisherOf } from '../publishers/publishers.ts';
import type { Ledger } from '../tables.ts';
import { macros, type Macro, type Values } from './macros.ts';
import { judge } from './outcome.ts';
import { makeRequest } from './request.ts';
import { createSender, type SenderOptions } from './send.ts';
import {
  checkSettings,
  postbackSettings,
  shown,
  type Allowed,
  type PostbackSettings,
  type postbackInput,
} from './settings.ts';
import { newSecret, rotate, type Secret } from './sign.ts';

type Input = z.output<typeof postbackInput>;
export interface Asked {
  who: string;
  now: Date;
  allowed?: Allowed | undefined;
}

/**
 * Sets where and how a publisher is told. What changed before is not told. Resolves to the settings and, where a secret was made, to the
 * secret: it is shown this once. Rejects with an error for the user where they cannot work.
 */
export async function setPostback(
  trx: Trx,
  input: Input,
  { who, now, allowed = {} }: Asked,
): Promise<{ settings: PostbackSettings; secret?: string }> {
  const { publisher, on, newSecret: another = false, ...changes } = input;
  await publisherOf(trx, publisher);
  const before = await trx
    .selectFrom('postbacks')
    .selectAll()
    .where('publisher', '=', publisher)
    .forUpdate()
    .executeTakeFirst();
  const old = before && (JSON.parse(before.settings) as PostbackSettings);
  if (!old && changes.url === undefined) throw new Error('url: say where to; no postback is set yet');
  const settings = postbackSettings.parse({ ...old, ...said(changes) });
  checkSettings(settings, allowed);
  if (another && !settings.sign) throw new Error('newSecret: nothing is signed; say sign');
  const secrets = nextSecrets(JSON.parse(before?.secrets ?? '[]') as Secret[], settings.sign, another, now);
  const values = {
    settings: JSON.stringify(settings),
    secrets: JSON.stringify(secrets.all),
    ...switched(on, who, now),
  };
  const note = { who, what: 'postback set', subject: publisher, before: old && shown(old), after: { ...shown(said(changes)), on, newSecret: secrets.made !== undefined } }; // prettier-ignore
  await audited(trx, note, () =>
    trx
      .insertInto('postbacks')
      .values({ publisher, ...values })
      .onConflict((conflict) => conflict.column('publisher').doUpdateSet(values))
      .execute(),
  );
  return { settings: shown(settings), ...(secrets.made !== undefined && { secret: secrets.made }) };
}

const said = <T extends object>(changes: T): T =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as T;

function nextSecrets(
  secrets: Secret[],
  sign: boolean,
  another: boolean,
  now: Date,
): { all: Secret[]; made?: string } {
  if (!sign || (secrets.length > 0 && !another)) return { all: secrets };
  const all = secrets.length > 0 ? rotate(secrets, now) : [{ value: newSecret() }];
  return { all, made: all[0]!.value };
}

/** Switched on, a publisher begins anew. */
function switched(on: boolean | undefined, who: string, now: Date) {
  if (on === undefined) return {};
  if (!on) return { off_at: now, off_why: `switched off by ${who}` };
  return { off_at: null, off_why: null, failures: 0, outages: 0, paused_until: null };
}

/** What a publisher's test said. */
export interface Tested {
  url: string;
  method: string;
  body: string | null;
  delivered: boolean;
  why: string | null;
  status: number | null;
  ms: number;
  answer: string;
}

/**
 * Sends a made-up test conversion now, in which `values` stand as they are given. It is nobody's delivery: it counts for nothing.
 * Rejects where the publisher has no postback.
 */
export async function testPostback(
  db: Ledger,
  publisher: string,
  values: Partial<Values>,
  { who, now, sending = {} }: Omit<Asked, 'allowed'> & { sending?: SenderOptions | undefined },
): Promise<Tested> {
  // prettier-ignore
  const row = await db.selectFrom('postbacks').selectAll().where('publisher', '=', publisher).executeTakeFirst();
  if (!row) throw new Error(`"${publisher}" has no postback`);
  const settings = JSON.parse(row.settings) as PostbackSettings;
  const says = { ...madeUp(publisher, settings, now), ...said(values) };
  const outgoing = makeRequest(settings, JSON.parse(row.secrets) as Secret[], says, now);
  const sender = createSender(sending);
  const answer = await sender.send(outgoing).finally(() => sender.close());
  const { is, why } = judge(answer, settings);
  await db
    .transaction()
    .execute((trx) =>
      writeAudit(trx, { who, what: 'postback tested', subject: publisher, after: { is, why } }),
    );
  const { status, ms, text } = answer;
  return { url: shown({ url: outgoing.url.href }).url, method: outgoing.method, body: outgoing.body, delivered: is === 'delivered', why, status, ms, answer: text.slice(0, 500) }; // prettier-ignore
}

function madeUp(publisher: string, { statuses }: PostbackSettings, now: Date): Values {
  const id = `dl_test_${randomUUID().replaceAll('-', '')}`;
  const word = status.options.flatMap((each) => statuses[each] ?? [])[0] ?? 'approved';
  const texts = Object.fromEntries(
    (Object.keys(macros) as Macro[]).map((name) => [name, `test-${name}`]),
  ) as Values;
  const times = { occurredAt: now.toISOString(), occurredAtUnix: String(Math.floor(now.getTime() / 1000)) };
  const money = { payout: '1.23', payoutCurrency: 'USD', saleAmount: '45.6', currency: 'USD' };
  return { ...texts, ...times, ...money, status: word, test: 'true', publisher, deliveryId: id, eventId: id };
}
