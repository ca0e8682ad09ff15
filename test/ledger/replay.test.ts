import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIntake } from '../../services/ledger/intake.ts';
import { operate } from '../../services/ledger/operations.ts';
import type { Decision, Partner } from '../../services/manifest/compile.ts';
import { startTestLedger, type TestLedger } from '../support/ledger.ts';
import { request } from '../support/manifest.ts';
import { partnerFrom } from '../support/partners.ts';

const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };
const now = new Date('2026-11-24T00:00:00Z');
const manifest = ({ words = 'ok', until = '2026-12-31' } = {}) =>
  partnerFrom(`
id: shop
name: Shop
path: /shop
verify:
  - { secret: token, at: query.token }
  - { none: the old template, until: ${until} }
fields: { conversionId: id, commission: pay EUR, status: { from: status, approved: [${words}] } }
`);

let ledger: TestLedger;
beforeAll(async () => (ledger = await startTestLedger()));
afterAll(() => ledger.close());
beforeEach(() => ledger.reset());

/** What the gateway made of it, in the ledger. */
async function came(partner: Partner, query: string): Promise<void> {
  const decision: Decision = partner.decide(request({ path: '/shop', query }), () => ['right'], now);
  const intake = createIntake(ledger.db, settings);
  if (decision.is === 'quarantined') await intake.take('quarantine', [JSON.stringify(decision.record)]);
  else if (decision.is === 'refused') await intake.take('refused', [JSON.stringify(decision.record)]);
  else throw new Error(decision.is);
}

const ask = async <T = { outcome: string }[]>(partner: Partner, name: string, args: object, who = 'ann') =>
  (await operate(
    { db: ledger.db, partners: [partner], liveSecrets: () => () => ['right'], settings, who, now },
    name,
    args,
  )) as T;
const conversions = () =>
  ledger.db.selectFrom('conversions').select(['conversion_id', 'verified']).orderBy('key').execute();
const id = async () => (await ledger.db.selectFrom('refused').select('id').executeTakeFirstOrThrow()).id;

describe('replaying the quarantine', () => {
  it('shows what would change, then does it, once; the recorded verdict stands', async () => {
    await came(manifest(), 'token=right&id=1&status=wow&pay=2');
    await came(manifest(), 'id=2&status=wow&pay=2');
    await came(manifest(), 'token=right&id=3&status=never&pay=2');
    const mended = manifest({ words: 'ok, wow' });
    const outcomes = [{ outcome: 'kept' }, { outcome: 'kept' }, { outcome: 'quarantined' }];
    expect(await ask(mended, 'replay', { partner: 'shop', plan: true })).toHaveLength(3);
    expect(await conversions()).toEqual([]);
    expect((await ask(mended, 'replay', { partner: 'shop' })).map(({ outcome }) => ({ outcome })).sort((a, b) => (a.outcome < b.outcome ? -1 : 1))).toEqual(outcomes); // prettier-ignore
    expect(await conversions()).toEqual([
      { conversion_id: '1', verified: true },
      { conversion_id: '2', verified: false },
    ]);
    expect(await ask(mended, 'replay', { partner: 'shop' })).toMatchObject([{ outcome: 'quarantined' }]); // prettier-ignore
    expect(await conversions()).toHaveLength(2);
  });

  it('takes those of a time, or with a reason', async () => {
    await came(manifest(), 'token=right&id=1&status=wow&pay=2');
    await came(manifest(), 'token=right&id=2&status=ok&pay=x');
    const mended = manifest({ words: 'ok, wow' });
    expect(await ask(mended, 'replay', { partner: 'shop', since: '2026-11-25' })).toEqual([]);
    expect(await ask(mended, 'replay', { partner: 'shop', until: '2026-11-24' })).toEqual([]);
    expect(await ask(mended, 'replay', { partner: 'shop', reason: 'commission' })).toMatchObject([
      { outcome: 'quarantined' },
    ]);
    expect(await ask(mended, 'replay', { partner: 'shop', reason: 'status' })).toMatchObject([
      { outcome: 'kept' },
    ]);
  });

  it('counts an expired way again only where its last day was put off', async () => {
    const over = manifest({ until: '2026-11-01' });
    await came(over, 'id=1&status=ok&pay=2');
    expect(await ask(over, 'replay', { partner: 'shop' })).toMatchObject([{ outcome: 'quarantined' }]);
    expect(await conversions()).toEqual([]);
    expect(await ask(manifest(), 'replay', { partner: 'shop' })).toMatchObject([{ outcome: 'kept' }]);
    expect(await conversions()).toEqual([{ conversion_id: '1', verified: false }]);
  });

  it('refuses a partner that is none', async () => {
    await expect(ask(manifest(), 'replay', { partner: 'none' })).rejects.toThrow(
      'there is no partner "none"; there are: shop',
    );
  });
});

describe('releasing a refused request', () => {
  const reason = 'the partner confirmed by mail that the token was pasted wrongly';

  it('records it as a hint, with who and why, once', async () => {
    await came(manifest(), 'token=wrong&id=1&status=ok&pay=2');
    expect(await ask(manifest(), 'release', { id: await id(), reason })).toEqual({ outcome: 'kept' });
    expect(await conversions()).toEqual([{ conversion_id: '1', verified: false }]);
    expect(await ledger.db.selectFrom('refused').select(['released_by', 'reason']).execute()).toEqual([
      { released_by: 'ann', reason },
    ]);
    await expect(ask(manifest(), 'release', { id: await id(), reason }, 'bob')).rejects.toThrow(
      'released by ann',
    );
  });

  it('refuses without a reason, one that is not there, and what cannot be read', async () => {
    await came(manifest(), 'token=wrong&id=1&status=wow&pay=2');
    await expect(ask(manifest(), 'release', { id: await id(), reason: 'ok' })).rejects.toThrow('say why');
    await expect(ask(manifest(), 'release', { id: 'none', reason })).rejects.toThrow(
      'there is no refused request',
    );
    await expect(ask(manifest(), 'release', { id: await id(), reason })).rejects.toThrow(
      'cannot be released: status',
    );
    expect(await ledger.db.selectFrom('refused').select('released_by').execute()).toEqual([
      { released_by: null },
    ]);
  });
});
