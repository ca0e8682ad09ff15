import type { Partner } from '../../../services/manifest/compile.ts';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exampleRequest, loadExamples, type Example } from '../../../services/manifest/example.ts';
import { loadPartners } from '../../../services/manifest/load/load.ts';
import { sendable } from '../../../services/manifest/tools/sendable.ts';
import { canary, partner, type Data } from '../../support/manifest.ts';

const now = new Date('2026-11-25T03:04:05.678Z');
const sending = { secretOf: () => canary, now };
const live = () => [canary];
const example = (request: Example['request'], outcome: Example['expect']['outcome'] = 'kept'): Example => ({ name: 'x', file: '', request, expect: { status: '200', outcome } }); // prettier-ignore

describe('what cannot be sent', () => {
  it.each<[string, Data, Example['request'], object, string]>([
    ['a public key', { verify: { keys: 'https://x.com/keys', at: 'sig', by: 'ed25519', of: '{query}' } }, { query: 'id=1&status=ok&sig=x' }, {}, 'only they can sign'],
    ['no place for a signature', { verify: { secret: 'k', at: 'header.x-sig', by: 'hmac-sha256' } }, { json: '{"id":"1","status":"ok"}' }, {}, 'brings no header.x-sig'],
    ['no id to renew', {}, { query: 'status=ok' }, { freshId: () => 'x' }, 'there is no id to renew'],
  ])('%s', (_, manifest, request, more, why) => {
    expect(() => sendable(example(request), partner(manifest), { ...sending, ...more })).toThrow(why);
  }); // prettier-ignore
});

/** Examples hold fixed secrets, times and signatures; each must still be believed with another secret at another time. */
const canSign = ({ manifest }: Partner) => [manifest.verify].flat().some(({ by, none }) => none === undefined && !/^(ed25519|ecdsa|rsa|aes)/.test(by ?? '')); // prettier-ignore
const signable = loadPartners('partners').filter(canSign).map((each) => [each.id, each] as const); // prettier-ignore
describe.each(signable)('%s', (id, one) => {
  const kept = loadExamples(join('partners', id)).filter(({ expect, after }) => expect.outcome === 'kept' && !after); // prettier-ignore
  it.each(kept.map((each) => [each.name, each] as const))('%s is theirs now, with a new id', (_, given) => {
    // prettier-ignore
    let ids = 0;
    const request = sendable(given, one, {
      ...sending,
      freshId: (id) => (/^\d+$/.test(id) ? `99${++ids}` : `${id}-fresh${++ids}`),
    });
    const { address } = exampleRequest(given, one, () => canary);
    const decision = one.decide({ ...request, address }, live, now);
    expect(decision).toMatchObject({ is: 'conversions' });
    const found = decision.is === 'conversions' ? decision.events : [];
    for (const { conversionId } of found) expect(conversionId).toMatch(/fresh\d|^99\d/);
  });
});

it('writes the time as they do', () => {
  const verify = { secret: 'k', at: 'sig', by: 'hmac-sha256', of: '{id}{status}{ts}', sentAt: 'ts' };
  const query = (ts: string) => Buffer.from(sendable(example({ query: `id=1&status=ok&ts=${ts}&sig=ab` }), partner({ verify }), sending).query).toString(); // prettier-ignore
  expect(query('1700000000')).toContain('ts=1795575845&');
  expect(query('1700000000000')).toContain('ts=1795575845678&');
  expect(query('2026-01-01T00:00:00Z')).toContain('ts=2026-11-25T03%3A04%3A05.678Z&');
});

it('puts nothing right that shall be refused', () => {
  const { headers } = sendable(example({ headers: { 'x-token': 'wrong' } }, 'refused'), partner(), sending);
  expect(headers).toEqual({ 'x-token': 'wrong' });
});
