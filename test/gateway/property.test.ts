import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { threePartners } from '../support/partners.ts';

let gateway: TestGateway;
const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);
beforeAll(async () => {
  process.on('unhandledRejection', note);
  gateway = await startTestGateway({ partners: threePartners });
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await gateway.stop();
});

const names = fc.constantFrom(
  'id',
  'token',
  'status',
  'payout',
  'currency',
  'at',
  'sub',
  'order',
  '__proto__',
  'constructor',
  '',
  'lines',
);
const values = fc.oneof(
  fc.constantFrom(
    'example-token',
    'ok',
    'ping',
    '1',
    '1.50',
    'EUR',
    'XXX',
    '{id}',
    '%00',
    '%ED%A0%80',
    '%',
    '2026-03-29+02:30',
    '-1',
    '1e9',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.stringMatching(/^[!-~]{0,20}$/).map((text) => text.replaceAll('#', '')),
);
const parameters = fc
  .array(fc.tuple(names, values), { maxLength: 12 })
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));
const tooLarge = Object.assign(Buffer.alloc(129_000, '{'), { [fc.toStringMethod]: () => 'a body of 129 kB' });
const bodies = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  parameters.map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .record({
      id: fc.string(),
      status: fc.constantFrom('ok', 'no'),
      lines: fc.array(fc.anything(), { maxLength: 3 }),
    })
    .map((value) => {
      return Buffer.from(
        JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)),
      );
    }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(tooLarge),
);
const requests = fc.record({
  method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'POST', 'HEAD', 'PUT', 'OPTIONS'),
  path: fc.constantFrom('/shop/event', '/shop/event', '/signer', '/open', '/shop', '/nobody', '/open/'),
  query: parameters,
  headers: fc.dictionary(
    fc.constantFrom(
      'content-type',
      'content-encoding',
      'x-signature',
      'x-time',
      'authorization',
      'x-forwarded-for',
    ),
    fc.oneof(
      fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'gzip', 'v1=00', '1764000000'),
      fc.stringMatching(/^[ -~]{0,20}$/),
    ),
  ),
  body: bodies,
});

it('gives every request one answer: never a 5xx, one outcome or a plain refusal, and keeps what that outcome says', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      await gateway.reset();
      const { status, headers } = await gateway.send(request);
      const outcomes = gateway.lines.flatMap(({ fields }) => fields.outcome ?? []);
      const counts = {
        conversions: (await gateway.kept('conversions')).length,
        quarantine: (await gateway.kept('quarantine')).length,
        refused: (await gateway.kept('refused')).length,
      };
      expect(headers['cache-control']).toBe('no-store');
      expect(rejections).toEqual([]);
      if (outcomes.length === 0) expect([400, 404, 405, 413, 415, 431]).toContain(status);
      else expect(outcomes).toHaveLength(1);
      const [outcome] = outcomes;
      const isHead = request.method === 'HEAD';
      expect(status < 500).toBe(true);
      expect(counts.conversions > 0).toBe(outcome === 'kept');
      expect(counts.quarantine).toBe(outcome === 'quarantined' && !isHead ? 1 : 0);
      expect(counts.refused <= (outcome === 'refused' && !isHead ? 1 : 0)).toBe(true);
    }),
    { numRuns: 400 },
  );
}, 60_000);
