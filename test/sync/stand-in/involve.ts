import { startServer, type Answer, type Call, type Server } from './server.ts';

/** A conversion as the report gives it: https://api.involve.asia/docs/ */
export type Row = Record<string, unknown> & { datetime_conversion: string };

export interface Involve {
  server: Server;
  rows: Row[];
  /** What the network takes for a key, a secret and the tokens that it gave. */
  key: string;
  secret: string;
}

/**
 * Involve Asia's publisher API as its OpenAPI file and its notes on errors describe it: forms that are POSTed, a bearer token for two hours, pages
 * of at most 100, `nextPage`, and 401 for what else would be 422. It judges requests by that, and knows nothing of our client.
 */
export async function startInvolve(rows: Row[]): Promise<Involve> {
  const tokens = new Map<string, number>();
  const involve = { rows, key: 'general', secret: 'c2VjcmV0K2E=' };
  const server = await startServer((call, { wrong, now }) => {
    if (call.method !== 'POST') wrong.push(`${call.method} ${call.path}`);
    if (!call.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) wrong.push('no form');
    const form = new URLSearchParams(call.body);
    if (call.path === '/api/authenticate') {
      if (form.get('key') !== involve.key || form.get('secret') !== involve.secret)
        return refused('Invalid Credentials');
      const token = `t.o.${tokens.size + 1}`;
      tokens.set(token, now() + 2 * 3_600_000);
      return { json: { status: 'success', message: 'Success', data: { token } } };
    }
    if (call.path !== '/api/conversions/range') return { status: 404, text: '<html>Not Found</html>' };
    if ((tokens.get(bearer(call)) ?? 0) <= now())
      return { status: 401, json: { message: 'Wrong number of segments', status_code: 401 } };
    return range(form, involve.rows, wrong);
  });
  return Object.assign(involve, { server });
}

const bearer = ({ headers }: Call) => /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';

const refused = (message: string): Answer => ({ status: 401, json: { status: 'error', message, data: [] } });

function range(form: URLSearchParams, rows: Row[], wrong: string[]): Answer {
  const [start = '', end = ''] = [form.get('start_date'), form.get('end_date')].map((day) => day ?? '');
  if (![start, end].every((day) => /^\d{4}-\d\d-\d\d$/.test(day))) return refused('Incorrect arguments');
  if (start > end) wrong.push(`${start} is after ${end}`);
  const [page, limit] = [Number(form.get('page') ?? 1), Number(form.get('limit') ?? 100)];
  if (limit > 100) wrong.push(`limit ${limit}`);
  const inRange = rows.filter(({ datetime_conversion: at }) => at.slice(0, 10) >= start && at.slice(0, 10) <= end); // prettier-ignore
  const data = inRange.slice((page - 1) * limit, page * limit);
  const nextPage = page * limit < inRange.length ? page + 1 : null;
  return { json: { status: 'success', message: 'Success', data: { page, limit, count: inRange.length, nextPage, data } } }; // prettier-ignore
}
