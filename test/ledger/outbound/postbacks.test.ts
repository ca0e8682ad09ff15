import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { operate } from '../../../services/ledger/operations.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger.ts';
import { around } from './setup.ts';
import { ok, startStandIn, status, type StandIn } from './standin.ts';

describe('the postback of a publisher', () => {
  let ledger: TestLedger;
  let publisher: StandIn;
  let at: ReturnType<typeof around>;
  beforeAll(async () => {
    ledger = await startTestLedger();
    publisher = await startStandIn();
  });
  afterAll(async () => {
    await ledger?.close();
    await publisher?.stop();
  });
  beforeEach(async () => {
    await ledger.reset();
    at = around(() => ledger.db);
    publisher.received.length = 0;
    publisher.answers(ok);
    await at.publishers();
  });
  const set = (changes: object) => at.ask<{ settings: object; secret?: string }>('postback-set', { publisher: 'mkk', ...changes }); // prettier-ignore
  const test = (values?: object) => at.ask<Record<string, unknown>>('postback-test', { publisher: 'mkk', ...(values && { values }) }); // prettier-ignore
  const url = 'https://p.example/?c={clickId}&key=hush';

  it.each<[string, string, object, string]>([
    [
      'of a publisher that is none',
      'postback-set',
      { publisher: 'none', url },
      'there is no publisher "none"',
    ],
    ['without a URL', 'postback-set', { publisher: 'mkk' }, 'url: say where to'],
    ['with an unknown macro', 'postback-set', { publisher: 'mkk', url: 'https://p.example/?c={clickID}' }, 'url: unknown macro {clickID}, did you mean "clickId"?'], // prettier-ignore
    ['with an unknown macro in its body', 'postback-set', { publisher: 'mkk', url, method: 'POST', body: { c: '{x}' } }, 'body.c: unknown macro {x}'], // prettier-ignore
    [
      'to a private address',
      'postback-set',
      { publisher: 'mkk', url: 'https://10.0.0.1/' },
      '10.0.0.1 is private',
    ],
    [
      'with an unknown status',
      'postback-set',
      { publisher: 'mkk', url, statuses: { aproved: 'x' } },
      'statuses',
    ],
    ['with an unknown word', 'postback-set', { publisher: 'mkk', url, retries: 3 }, 'retries'],
    ['with a signature of nothing', 'postback-set', { publisher: 'mkk', url, sign: true }, 'a signature covers the body'], // prettier-ignore
    ['with no attempt at a time', 'postback-set', { publisher: 'mkk', url, concurrency: 0 }, 'concurrency'],
    ['that is not set, tested', 'postback-test', { publisher: 'mkk' }, '"mkk" has no postback'],
    [
      'tested with an unknown macro',
      'postback-test',
      { publisher: 'mkk', values: { commission: '1' } },
      'values',
    ],
    ['listed by an unknown state', 'delivery-list', { state: 'lost' }, 'state'],
  ])('%s is refused, and writes nothing', async (_, name, args, why) => {
    const count = async () => (await ledger.db.selectFrom('audit').selectAll().execute()).length;
    const before = await count();
    await expect(at.ask(name, args)).rejects.toThrow(why);
    expect(await count()).toBe(before);
    expect(await ledger.db.selectFrom('postbacks').selectAll().execute()).toEqual([]);
  });

  it('goes by https to public addresses only, unless the deployment says otherwise', async () => {
    const context = { db: ledger.db, partners: [], liveSecrets: () => () => [], settings: { repeatWindow: () => 0, paysUnverified: () => false }, who: 'ann', now: at.now() }; // prettier-ignore
    const ask = (to: string) => operate(context, 'postback-set', { publisher: 'mkk', url: to });
    await expect(ask('http://p.example/')).rejects.toThrow('only https is allowed');
    await expect(ask('https://127.0.0.1/')).rejects.toThrow('is loopback');
    await at.ask('postback-set', { publisher: 'mkk', url: publisher.url });
    const tested = await operate(context, 'postback-test', { publisher: 'mkk' });
    expect(tested).toMatchObject({ delivered: false, why: 'not sent: only https is allowed' });
    expect(publisher.received).toEqual([]);
  });

  it('keeps what is not said, and its changes are audited without secrets', async () => {
    await set({ url, delaySeconds: 5 });
    expect(await set({ match: 'OK' })).toEqual({
      settings: expect.objectContaining({ url: 'https://p.example/?c={clickId}&key=***', delaySeconds: 5, match: 'OK', statuses: { pending: 'pending', approved: 'approved', rejected: 'rejected', reversed: 'rejected' } }), // prettier-ignore
    });
    expect(await set({ match: null })).toMatchObject({ settings: { match: null } });
    const audit = await ledger.db
      .selectFrom('audit')
      .selectAll()
      .where('what', '=', 'postback set')
      .execute();
    expect(audit).toHaveLength(3);
    expect(audit[1]).toMatchObject({
      who: 'ann',
      subject: 'mkk',
      before: expect.stringContaining('"delaySeconds":5'),
    });
    expect(JSON.stringify([audit, await at.postback('mkk')])).not.toContain('hush');
    const [row] = await ledger.db.selectFrom('postbacks').selectAll().execute();
    expect(row!.settings).toContain('hush');
  });

  it('is signed by a secret that is shown once, and changes over a day', async () => {
    const { secret: first } = await set({ url: publisher.url, method: 'POST', sign: true });
    expect(await set({ delaySeconds: 0 })).not.toHaveProperty('secret');
    const { secret: second } = await set({ newSecret: true });
    expect(second).not.toBe(first);
    await test();
    const [{ headers, body }] = publisher.received as [StandIn['received'][number]];
    const by = (secret: string) => `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`).digest('base64')}`; // prettier-ignore
    expect(headers['webhook-signature']).toBe(`${by(second!)} ${by(first!)}`);
    const seen = JSON.stringify([await ledger.db.selectFrom('audit').selectAll().execute(), await at.postback('mkk'), at.log]); // prettier-ignore
    for (const secret of [first!, second!]) expect(seen).not.toContain(secret.slice(6));
  });

  it('is tested with a sale that is made up, or as given, and is no delivery', async () => {
    await set({
      url: `${publisher.url}/?c={clickId}&s={status}&t={test}&p={payout}&key=hush`,
      statuses: { approved: 'won' },
    });
    publisher.answers(status(200, {}, 'thanks'));
    expect(await test({ clickId: 'a b' })).toMatchObject({
      url: `${publisher.url}/?c=a%20b&s=won&t=true&p=1.23&key=***`,
      delivered: true,
      status: 200,
      answer: 'thanks',
      why: null,
    });
    expect(publisher.received[0]!.headers['webhook-id']).toMatch(/^dl_test_/);
    publisher.answers(status(403, {}, 'no such click'));
    expect(await test()).toMatchObject({
      delivered: false,
      status: 403,
      why: 'answered 403',
      answer: 'no such click',
    });
    expect(await at.told()).toEqual([]);
    expect(await at.postback('mkk')).toMatchObject({ failures: 0 });
  });

  it('that is switched off sends nothing until it is switched on', async () => {
    await set({ url: `${publisher.url}/?c={clickId}`, on: false });
    expect(await at.postback('mkk')).toMatchObject({ off_why: 'switched off by ann' });
    await at.tell(at.sale('1'));
    const worker = at.worker();
    await worker.settled();
    expect(publisher.received).toEqual([]);
    await set({ on: true });
    await worker.settled();
    expect(publisher.received).toHaveLength(1);
    await at.stop();
  });

  it("lists a conversion's deliveries by its id at the partner, or its key", async () => {
    await set({ url: `${publisher.url}/?c={clickId}` });
    await at.tell(at.sale('1'));
    await at.tell(at.sale('2'));
    const ids = async (filter: object) => (await at.told(filter)).map(({ says }) => says.conversionId);
    expect(await ids({ conversion: '2' })).toEqual(['2']);
    expect(await ids({ conversion: at.sale('1').key })).toEqual(['1']);
    expect(await ids({ conversion: '3' })).toEqual([]);
    expect(await ids({ limit: 1 })).toEqual(['2']);
  });
});
