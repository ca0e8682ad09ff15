import { expect, it } from 'vitest';
import { describeDeliveries } from './given.ts';
import { ok, status } from './standin.ts';

describeDeliveries('how deliveries are sent', (given) => {
  const { at, db, publisher, queries, send, states, statuses, url } = given;

  it('wait for as long as the publisher wants, and the last state wins', async () => {
    await at.ask('postback-set', { publisher: 'mkk', delaySeconds: 600 });
    await at.tell(at.sale('1', { status: 'pending' }));
    await at.tell(at.sale('1'));
    await send();
    expect(statuses()).toEqual([]);
    at.pass(600);
    await send();
    expect(statuses()).toEqual(['approved']);
    expect(await states()).toEqual(['superseded', 'delivered']);
  });

  it('come again by the schedule, under one id, then never again', async () => {
    publisher().answers(status(500, {}, 'down'));
    await at.ask('postback-set', { publisher: 'mkk', offAfter: 1_000 });
    await at.tell(at.sale('1'));
    // The breaker's own waits are shorter than the schedule's from the fifth on.
    for (const wait of [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]) {
      if (wait > 0) at.pass(wait - 1);
      const before = publisher().received.length;
      if (wait > 0) await send();
      expect(publisher().received).toHaveLength(before);
      if (wait > 0) at.pass(1);
      await send();
      expect(publisher().received).toHaveLength(before + 1);
    }
    at.pass(1_000_000);
    await send();
    expect(publisher().received).toHaveLength(8);
    expect(new Set(queries().map((query) => query.get('id'))).size).toBe(1);
    const [told] = await at.told();
    expect(told).toMatchObject({ state: 'failed', attempts: 8 });
    expect(told!.log.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(told!.log[7]).toMatchObject({ status: 500, error: 'answered 500', answer: 'down' });
  });

  it('are final with 4xx, and not with 429, whose Retry-After counts for all of that publisher', async () => {
    publisher().answers(status(404));
    await at.tell(at.sale('1'));
    await send();
    publisher().answers(status(429, { 'retry-after': '120' }));
    await at.tell(at.sale('2'));
    await send();
    publisher().answers(ok);
    await at.tell(at.sale('3'));
    at.pass(119);
    await send();
    expect(await states()).toEqual(['failed', 'waiting', 'waiting']);
    at.pass(1);
    await send();
    expect(await states()).toEqual(['failed', 'delivered', 'delivered']);
    expect(publisher().received).toHaveLength(4);
  });

  it('need the text that was agreed; the log keeps 500 characters of what came', async () => {
    await at.ask('postback-set', { publisher: 'mkk', match: 'success=true' });
    publisher().answers(status(200, {}, `\0${'x'.repeat(1_000)}`));
    await at.tell(at.sale('1'));
    await send();
    const [told] = await at.told();
    expect(told).toMatchObject({
      state: 'waiting',
      log: [{ status: 200, error: 'answered 200, without "success=true"' }],
    });
    expect(told!.log[0]!.answer).toBe(`\uFFFD${'x'.repeat(499)}`);
    publisher().answers(status(200, {}, 'success=true'));
    at.pass(5);
    await send();
    expect(await states()).toEqual(['delivered']);
  });

  it('of one conversion are never two at once, and what fails gives way to what is newer', async () => {
    const waiting: (() => void)[] = [];
    publisher().answers((_, response) => waiting.push(() => response.writeHead(500).end()));
    await at.tell(at.sale('1', { status: 'pending' }));
    const worker = at.worker();
    const settled = worker.settled();
    await expect.poll(() => publisher().received.length).toBe(1);
    await at.tell(at.sale('1'));
    worker.wake();
    await at.worker().settled();
    expect(await states()).toEqual(['sending', 'waiting']);
    publisher().answers(ok);
    waiting[0]!();
    await settled;
    expect(statuses()).toEqual(['pending', 'approved']);
    expect(await states()).toEqual(['superseded', 'delivered']);
  });

  it('go to a publisher a few at a time, by two workers too, each once', async () => {
    await at.ask('postback-set', { publisher: 'mkk', concurrency: 3 });
    publisher().answers((_, response) => setTimeout(() => response.end('OK'), 5));
    await at.tell(...Array.from({ length: 60 }, (_, i) => at.sale(String(i))));
    await Promise.all([at.worker(), at.worker()].map((worker) => worker.settled()));
    expect(new Set(await states({ limit: 500 }))).toEqual(new Set(['delivered']));
    expect(queries().map((query) => query.get('c')).sort()).toEqual(Array.from({ length: 60 }, (_, i) => `click-${i}`).sort()); // prettier-ignore
    expect(publisher().open().most).toBeLessThanOrEqual(3);
  });

  it('that are under way are finished when a worker stops, and none is begun', async () => {
    publisher().answers((_, response) => setTimeout(() => response.end('OK'), 200));
    await at.tell(at.sale('1'), at.sale('2'), at.sale('3'));
    const worker = at.worker();
    worker.wake();
    await expect.poll(() => publisher().received.length).toBe(2);
    await worker.stop();
    expect((await states()).sort()).toEqual(['delivered', 'delivered', 'waiting']);
    worker.wake();
    await worker.settled();
    expect(publisher().received).toHaveLength(2);
  });

  it('that cannot be made fail like others, hold up nobody, and keep no sale from being recorded', async () => {
    await at.ask('postback-set', { publisher: 'cary', url: url() });
    const settings = JSON.stringify({ ...(await at.postback('cary')).settings as object, url: `${url()}&x={gone}` }); // prettier-ignore
    await db().updateTable('postbacks').set({ settings }).where('publisher', '=', 'cary').execute();
    expect(await at.tell(at.sale('1', { publisherRef: 'CARY-1' }), at.sale('2'))).toBe(2);
    await send();
    expect(queries().map((query) => query.get('c'))).toEqual(['click-2']);
    const [failed] = await at.told({ publisher: 'cary' });
    expect(failed).toMatchObject({
      state: 'waiting',
      log: [{ status: null, error: 'unknown macro {gone}' }],
    });
  });

  it('of a paused publisher wait, and of a closed one are not made', async () => {
    await at.ask('publisher-set', { id: 'mkk', status: 'paused' });
    await at.tell(at.sale('1'));
    await send();
    expect(await states()).toEqual(['waiting']);
    await at.ask('publisher-set', { id: 'mkk', status: 'active' });
    await send();
    expect(await states()).toEqual(['delivered']);
    await at.ask('publisher-set', { id: 'mkk', status: 'closed' });
    await at.tell(at.sale('2'));
    expect(await states()).toEqual(['delivered']);
  });
});
