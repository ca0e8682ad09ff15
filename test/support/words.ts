import { expect } from 'vitest';
import { parse } from 'yaml';
import { createTrial, type Tried } from '../../services/cli/partner/trial.ts';
import { fold } from '../../services/contract/state.ts';
import { compile, type Partner } from '../../services/manifest/compile.ts';
import { exampleRequest, type Example } from '../../services/manifest/example.ts';
import { validate } from '../../services/manifest/load/load.ts';
import { setupOf } from '../../services/manifest/setup.ts';
import type { Shown } from '../../services/manifest/words/chapters.ts';
import { startTestGateway } from './gateway.ts';

const now = new Date('2026-11-24T00:00:00Z');
const secret = 's3cret';
type Data = Record<string, unknown>;

/** What partners/README.md says of every manifest and every request in it, unless they say something else. */
const manifest: Data = {
  id: 'acme',
  name: 'Acme',
  path: '/acme',
  verify: { secret: 'token', at: 'query.token' },
};
const fields = { conversionId: 'id', status: { from: 'status', approved: 'ok', rejected: 'no' } };
const parameters = { token: secret, id: '7', status: 'ok' };

/** What comes out of a word's example, by the names that the examples use. */
export async function outcomeOf({ say, they }: Shown): Promise<Record<string, string>> {
  const said = parse(`{${say}}`, { schema: 'failsafe' }) as Data;
  const data = { ...manifest, ...(typeof said.id === 'string' && { path: `/${said.id}` }), ...said, fields: { ...fields, ...Object(said.fields) } }; // prettier-ignore
  const result = validate(data);
  if ('problems' in result) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  const partner = compile(result.manifest);
  const trial = they === 'no room to keep it' ? brokenGateway(partner) : createTrial(partner);
  const tried: Tried[] = [];
  if (typeof they === 'string' && they.startsWith('report ')) return fromReport(partner, they.slice(7));
  for (const sent of [they].flat()) {
    const example = { name: 'x', file: '', request: requestOf(sent), expect: { status: '200' } } as Example;
    const request = { address: '127.0.0.1', ...exampleRequest(example, partner, () => secret, now) };
    tried.push(await trial(request, () => [secret], now));
  }
  return { ...aboutPartner(partner), ...aboutSale(tried, partner), ...aboutAnswer(tried.at(-1)!) };
}

/** A request as the examples write it: parameters, JSON, a header, a path, or where it comes from. */
function requestOf(sent: string): Example['request'] {
  const query = (more: string) => [...new Map([...Object.entries(parameters), ...pairs(more)])].map(([name, value]) => `${name}=${value}`).join('&'); // prettier-ignore
  const large = /^a body of (\d+) bytes$/.exec(sent)?.[1];
  if (large !== undefined) return { query: query(''), body: 'x'.repeat(Number(large)) };
  if (sent === 'no room to keep it') return { query: query('') };
  if (sent.startsWith('{')) return { query: `token=${secret}`, json: sent };
  if (sent.startsWith('/')) return { path: sent, query: query('') };
  if (sent.startsWith('from ')) return { query: query(''), address: sent.slice(5) };
  const [, name, value] = /^([a-z-]+): (.*)$/.exec(sent) ?? [];
  return name ? { query: query(''), headers: { [name]: value! } } : { query: query(sent) };
}

const pairs = (text: string) =>
  text === '' ? [] : text.split('&').map((pair) => /^([^=]*)=(.*)$/.exec(pair)!.slice(1) as [string, string]);

function aboutPartner(partner: Partner): Record<string, string> {
  const { name, docs = '', assumed = [], setup, deploy } = partner.manifest;
  const { minInstances = '', maxInstances = '', memory = '' } = deploy ?? {};
  return {
    ...{
      name,
      docs,
      assumed: assumed.join(', '),
      where: setup?.where ?? '',
      minInstances,
      maxInstances,
      memory,
    },
    url: setupOf(partner, 'https://go.example.com', () => secret).url,
    paysUnverified: String(partner.paysUnverified),
    answerWithin: `${partner.answerWithin} ms`,
    repeatWindow: `${partner.repeatWindow} ms`,
    'report.docs': partner.manifest.report?.docs ?? '',
    ...flat(partner.report ?? {}, 'report.'),
  };
}

/** The last row of a page. */
function fromReport({ report, manifest: { report: said } }: Partner, page: string): Record<string, string> {
  const { events, quarantined } = report!.read(page, said?.accounts?.[0], now);
  expect(quarantined).toEqual([]);
  return flat(events.at(-1)!);
}

/** Of the last request's last conversion, or of what is known of the sale after several. */
function aboutSale(tried: Tried[], partner: Partner): Record<string, string> {
  const events = tried.flatMap(({ decision }) => (decision?.is === 'conversions' ? decision.events : []));
  const last = tried.at(-1)?.decision;
  const count = last?.is === 'conversions' ? last.events.length : 0;
  const state = tried.length > 1 ? fold(events, partner.repeatWindow) : events.at(-1);
  return { events: String(count), ...flat(state ?? {}) };
}

function aboutAnswer({ status, body, result, decision }: Tried): Record<string, string> {
  const reasons = decision?.is === 'quarantined' ? decision.record.reasons : undefined;
  const why = reasons?.map(({ field, why: what }) => `${field}: ${what}`).join(', ') ?? (decision?.is === 'refused' ? decision.why : ''); // prettier-ignore
  return { outcome: result?.outcome ?? '', answer: `${status} ${body}`.trim(), why };
}

/** `offer.id`, `12.5 USD`, `a, b`. What is not there is `nothing`. */
function flat(value: object, path = ''): Record<string, string> {
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]) => {
    const at = `${path}${name}`;
    if (Array.isArray(inner)) return { [at]: inner.join(', ') };
    if (typeof inner !== 'object' || inner === null) return { [at]: String(inner) };
    const { amount, currency } = inner as Partial<Record<string, string>>;
    return amount === undefined ? flat(inner, `${at}.`) : { [at]: `${amount} ${currency}` };
  });
  return Object.assign({}, ...entries) as Record<string, string>;
}

/** A real gateway whose bus takes nothing. */
const brokenGateway =
  (partner: Partner) => async (request: Parameters<ReturnType<typeof createTrial>>[0]) => {
    const wrapBus = <T extends object>(bus: T) => ({
      ...bus,
      publish: () => Promise.reject(new Error('down')),
    });
    const gateway = await startTestGateway({ partners: [partner], wrapBus });
    gateway.secrets = { token: secret };
    const { status, body } = await gateway.send(request);
    await gateway.stop();
    return { status, body };
  };
