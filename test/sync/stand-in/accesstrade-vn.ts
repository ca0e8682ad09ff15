/**
 * A server that stands in for AccessTrade Vietnam's API, from
 * https://developers.accesstrade.vn/api-publisher-vietnamese/lay-danh-sach-giao-dich and its pages on authentication and errors.
 */
import { startServer, type Answer, type Call, type Server } from './server.ts';

export interface Transaction extends Record<string, unknown> {
  transaction_time: string;
  update_time: string;
}

export interface AccesstradeServer extends Server {
  key: string;
  transactions: Transaction[];
  /** How many it gives at once, where fewer than it is asked for. */
  size: number;
  /** Whether it says how many there are: the English page shows it, the example of the other does not. */
  tellsTotal: boolean;
}

const known = new Set([
  ...['since', 'until', 'page', 'offset', 'limit', 'merchant', 'status', 'is_confirmed', 'transaction_id'],
  ...['utm_source', 'utm_campaign', 'utm_medium', 'utm_content'],
  ...['update_time_start', 'update_time_end', 'is_brand_bonus'],
]);
const times = ['since', 'until', 'update_time_start', 'update_time_end'];

export async function startAccesstrade(): Promise<AccesstradeServer> {
  const begun: number[] = [];

  function transactions(call: Call): Answer {
    if (call.method !== 'GET') return { status: 405, json: { message: 'Method Not Allowed' } };
    if (call.path !== '/v1/transactions') return { status: 404, json: { message: 'Not Found' } };
    if (call.headers.authorization !== `Token ${server.key}`)
      return { status: 401, json: { message: 'Unauthorized' } };
    begun.push(server.now());
    if (begun.filter((at) => at > server.now() - 60_000).length > 10)
      return { status: 429, json: { message: 'Too Many Requests' } };
    const wrong = wrongQuery(call.query);
    server.wrong.push(...wrong);
    return wrong.length > 0
      ? { status: 400, json: { message: wrong.join('; ') } }
      : { json: found(call.query) };
  }

  function found(query: URLSearchParams) {
    const at = (name: string, otherwise: number) =>
      query.has(name) ? Date.parse(query.get(name)!) : otherwise;
    const within = (time: string, from: number, until: number) =>
      Date.parse(`${time}Z`) >= from && Date.parse(`${time}Z`) < until;
    const all = server.transactions.filter(
      ({ transaction_time: made, update_time: changed }) =>
        within(made, at('since', 0), at('until', Infinity)) &&
        within(changed, at('update_time_start', 0), at('update_time_end', Infinity)),
    );
    const size = Math.min(Number(query.get('limit') ?? 100), server.size);
    const from = (Number(query.get('page') ?? 1) - 1) * size;
    return { data: all.slice(from, from + size), ...(server.tellsTotal && { total: all.length }) };
  }

  const server: AccesstradeServer = Object.assign(await startServer(transactions), {
    key: 'bg1F-zURtCYDWH8KB79fLS5abjIyOg0G',
    transactions: [],
    size: 100,
    tellsTotal: true,
  });
  return server;
}

const wrongQuery = (query: URLSearchParams): string[] => [
  ...[...query.keys()].filter((name) => !known.has(name)).map((name) => `${name} is unknown`),
  ...['since', 'until'].filter((name) => !query.has(name)).map((name) => `${name} is missing`),
  ...times
    .filter((name) => query.has(name) && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(query.get(name)!))
    .map((name) => `${name} is not like 2016-08-01T00:00:00Z`),
];
