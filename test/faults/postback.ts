import { mask } from '../../services/manifest/hide.ts';
import type { Incoming } from '../../services/manifest/read/request.ts';
import type { Book, Sent } from './book.ts';
import type { Random } from './random.ts';

/** A network that puts its token into the query, and the rest there too or into a JSON body. */
export const plainManifest = {
  id: 'acme',
  name: 'Acme',
  path: '/acme',
  verify: { secret: 'postback-token', at: 'query.token' },
  fields: { conversionId: 'id', commission: 'payout currency', status: { from: 'status', approved: 'ok' } },
  // Less than the publisher's own 6 s, so that the two can be told apart.
  deploy: { answerWithin: '2s' },
};

/** One that reports many lines in one request. */
export const lineManifest = {
  ...plainManifest,
  each: { line: 'lines' },
  fields: { conversionId: 'id', lineId: 'line.no', status: { from: 'status', approved: 'ok' } },
};

/** Milliseconds: see answerWithin. */
export const answerWithin = 2_000;

export interface Postback {
  sent: Sent;
  /** With another token it is the same postback, after a rotation. */
  request: (token: string) => Partial<Incoming> & { path: string };
}

/** Nearly the most that a body may be, of signs that JSON writes as two and again as two: its journal line has to be split. */
const largeNote = '"'.repeat(60_000);

/** Any postback: most are plain sales, a few cannot be read, a few are large. */
export function anyPostback(book: Book, random: Random, token: 'ours' | 'forged' = 'ours'): Postback {
  const status = random.chance(0.02) ? 'odd' : 'ok';
  const expected = token === 'forged' ? 401 : status === 'ok' ? 200 : 202;
  const note = random.chance(0.005) ? largeNote : undefined;
  const form = note ?? random.chance(0.25) ? 'json' : 'query'; // prettier-ignore
  return makePostback(book, {
    may: [expected],
    form,
    data: { status, payout: '1.50', currency: 'USD', note },
  });
}

/** A sale of so many lines, and as many characters beside them. */
export const manyLines = (book: Book, lines: number, note: string): Postback =>
  makePostback(book, {
    may: [200],
    form: 'json',
    lines,
    data: { status: 'ok', note, lines: Array.from({ length: lines }, (_, no) => ({ no: String(no + 1) })) },
  });

interface Shape {
  may: number[];
  form: 'query' | 'json';
  lines?: number;
  data: Record<string, unknown>;
}

function makePostback(book: Book, { may, form, lines = 1, data }: Shape): Postback {
  const id = book.nextId();
  const all = { id, ...data };
  const inQuery = form === 'query' ? `&${new URLSearchParams(JSON.parse(JSON.stringify(all)) as Record<string, string>).toString()}` : ''; // prettier-ignore
  const queryWith = (token: string) => `token=${token}${inQuery}`;
  const body = form === 'json' ? JSON.stringify(all) : '';
  const method = form === 'json' ? 'POST' : 'GET';
  const sent = book.add({ id, method, query: queryWith(mask), body, lines, may });
  const content = body ? { headers: { 'content-type': 'application/json' }, body: Buffer.from(body) } : {};
  return { sent, request: (token) => ({ method, path: '/acme', query: queryWith(token), ...content }) };
}
