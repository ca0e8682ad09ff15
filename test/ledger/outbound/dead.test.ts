import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeDeliveries, path } from './given.ts';
import { hangs, ok, startStandIn, status, type StandIn } from './standin.ts';

describeDeliveries('deliveries', (given) => {
  const { at, send, states } = given;

  describe('of a publisher that is dead', () => {
    let dead: StandIn;
    beforeEach(async () => {
      dead = await startStandIn();
      dead.answers(hangs);
      await at.ask('postback-set', { publisher: 'cary', url: dead.url + path });
    });
    afterEach(() => dead.stop());
    const sales = (n: number, from = 0) =>
      Array.from({ length: n }, (_, i) => at.sale(`d${from + i}`, { publisherRef: 'CARY-1' }));

    it('delay nobody else', async () => {
      await at.tell(...sales(40), ...Array.from({ length: 20 }, (_, i) => at.sale(String(i))));
      const worker = at.worker({ timeout: 20_000, most: 10 });
      worker.wake();
      await expect
        .poll(() => states({ publisher: 'mkk', state: 'delivered' }), { timeout: 15_000 })
        .toHaveLength(20);
      expect(dead.open().now).toBe(2);
      await dead.stop();
      dead = await startStandIn();
    });

    it('wait, uncounted, until one of them finds it back', async () => {
      const attempts = async () => (await at.told()).reduce((sum, each) => sum + each.attempts, 0);
      await at.tell(...sales(40));
      await send({ timeout: 100 });
      const tried = await attempts();
      expect([5, 6]).toContain(tried); // two at a time: one may be under way when the fifth fails
      at.pass(29);
      await send({ timeout: 100 });
      expect(await attempts()).toBe(tried);
      at.pass(61);
      await send({ timeout: 100 });
      expect(await attempts()).toBe(tried + 1);
      dead.answers(ok);
      at.pass(600);
      await send();
      expect(new Set(await states())).toEqual(new Set(['delivered']));
      expect(await at.postback('cary')).toMatchObject({ outages: 0, failures: 0 });
    });

    it('are switched off in the end, with a notice, and wait until they are switched on', async () => {
      dead.answers(status(503));
      await at.ask('postback-set', { publisher: 'cary', offAfter: 6, concurrency: 1 });
      await at.tell(...sales(10));
      for (let i = 0; i < 4; i++, at.pass(100)) await send();
      expect(dead.received).toHaveLength(6);
      const why = '6 failures in a row, the last: answered 503';
      expect(at.log).toContainEqual({
        level: 'error',
        message: 'postbacks switched off',
        fields: { publisher: 'cary', why },
      });
      const { audit } = await at.ask<{ audit: object[] }>('publisher-show', { id: 'cary' });
      expect(audit[0]).toMatchObject({ who: 'outbound', what: 'postbacks switched off' });
      expect(await at.postback('cary')).toMatchObject({ off_why: why });
      await at.tell(...sales(1, 10));
      at.pass(100_000);
      await send();
      expect(dead.received).toHaveLength(6);
      dead.answers(ok);
      await at.ask('postback-set', { publisher: 'cary', on: true });
      await send();
      expect(await states()).toEqual(Array(11).fill('delivered'));
    });
  });
});
