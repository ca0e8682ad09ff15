import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPubSubBus } from '../../../services/runtime/pubsub/bus.ts';
import { openPublisher, publishers } from '../../../services/runtime/pubsub/open.ts';
import { Overloaded, type Publisher } from '../../../services/runtime/pubsub/publisher.ts';
import { startFakePubSub, type FakePubSub } from '../../support/fake-pubsub.ts';

/** Deadlines short enough for a test; a rejection may take as long as the last attempt and a little more on a busy machine. */
const limits = { attemptMs: 400, totalMs: 1_000, heldMessages: 100 };
const within = limits.totalMs + 2_000;
const topic = 'projects/p/topics/t';
const one = (data: string) => [{ data, attributes: { id: data } }];

describe.each(publishers)('the publisher "%s" when Pub/Sub', (name) => {
  let pubsub: FakePubSub;
  let publisher: Publisher;
  beforeEach(async () => {
    pubsub = await startFakePubSub();
    publisher = await openPublisher(name, { emulatorHost: pubsub.host, limits });
    await publisher.publish(topic, one('before'));
  });
  afterEach(async () => {
    await publisher.close();
    await pubsub.stop();
  });

  /** The reason of a rejection; fails when it takes too long, or is none. */
  async function rejection(publishing: Promise<void>): Promise<string> {
    const started = performance.now();
    const reason = await publishing.then(
      () => 'kept',
      (error: unknown) => String(error),
    );
    expect(reason).not.toBe('kept');
    expect(performance.now() - started).toBeLessThan(within);
    return reason;
  }

  async function worksAgain(): Promise<void> {
    await publisher.publish(topic, one('after'));
    expect(pubsub.kept).toContain('after');
  }

  it('is well: one call for all messages of a request, in their order', async () => {
    const sent = Array.from({ length: 90 }, (_, i) => ({ data: `${i}`, attributes: { i: `${i}` } }));
    await publisher.publish(topic, sent);
    expect(pubsub.requests.slice(1)).toEqual([
      expect.objectContaining({
        topic,
        messages: sent.map(
          ({ data, attributes }) =>
            expect.objectContaining({ data: Buffer.from(data), attributes }) as unknown,
        ),
      }),
    ]);
  });

  it.each([status.UNAVAILABLE, status.ABORTED, status.INTERNAL, status.RESOURCE_EXHAUSTED, status.UNKNOWN])(
    'refuses for a while with status %i: tries again until it is kept',
    async (code) => {
      let left = 2;
      pubsub.behave(() => (left-- > 0 ? { is: 'refuse', code } : { is: 'ok' }));
      await publisher.publish(topic, one('a'));
      expect(pubsub.kept.filter((data) => data === 'a')).toHaveLength(1);
    },
  );

  it('refuses with UNAVAILABLE for long: rejects in time, saying why', async () => {
    pubsub.behave({ is: 'refuse', code: status.UNAVAILABLE, details: 'try later' });
    expect(await rejection(publisher.publish(topic, one('a')))).toMatch(
      /within 1000 ms.*UNAVAILABLE.*try later/,
    );
    pubsub.behave({ is: 'ok' });
    await worksAgain();
  });

  it.each([status.PERMISSION_DENIED, status.NOT_FOUND, status.INVALID_ARGUMENT])(
    'refuses for good with status %i: rejects after one call',
    async (code) => {
      pubsub.behave({ is: 'refuse', code });
      await rejection(publisher.publish(topic, one('a')));
      expect(pubsub.requests).toHaveLength(2);
      pubsub.behave({ is: 'ok' });
      await worksAgain();
    },
  );

  it("refuses one caller's message: keeps the others', each once", async () => {
    pubsub.behave(({ messages }) =>
      messages.some(({ attributes }) => attributes['id'] === '50')
        ? { is: 'refuse', code: status.INVALID_ARGUMENT }
        : { is: 'ok' },
    );
    const ids = Array.from({ length: 80 }, (_, i) => String(i));
    const results = await Promise.allSettled(ids.map((id) => publisher.publish(topic, one(id))));
    expect(ids.filter((_, i) => results[i]!.status === 'rejected')).toEqual(['50']);
    expect(pubsub.kept.slice(1).sort()).toEqual(ids.filter((id) => id !== '50').sort());
  });

  it('acknowledges fewer messages than it was sent: none counts as kept', async () => {
    pubsub.behave({ is: 'short', ids: 1 });
    expect(await rejection(publisher.publish(topic, [...one('a'), ...one('b')]))).toContain('1 of 2');
    pubsub.behave({ is: 'ok' });
    await worksAgain();
  });

  it('is silent: rejects in time, and leaves no connections behind', async () => {
    pubsub.behave({ is: 'silent' });
    expect(await rejection(publisher.publish(topic, one('a')))).toContain('DEADLINE_EXCEEDED');
    pubsub.behave({ is: 'ok' });
    await worksAgain();
    await expect.poll(() => pubsub.connections(), { timeout: 5_000 }).toBe(1);
  });

  it('is slow, yet within the deadline: waits', async () => {
    pubsub.behave({ is: 'slow', ms: 250 });
    await publisher.publish(topic, one('a'));
    expect(pubsub.kept.filter((data) => data === 'a')).toHaveLength(1);
  });

  it('answers late: that does not count as kept, and a second try is kept', async () => {
    const topics = { conversions: topic, quarantine: topic, refused: topic };
    const bus = createPubSubBus({ publisher, topics });
    const message = { id: 'a', data: 'a', attributes: {} };
    pubsub.behave({ is: 'late', ms: 1_200 });
    await rejection(bus.publish('conversions', [message]));
    await sleep(1_200);
    expect(pubsub.kept).toContain('a');
    expect(await bus.lastKept('conversions', ['a'])).toEqual(new Map());
    pubsub.behave({ is: 'ok' });
    await bus.publish('conversions', [message]);
    expect((await bus.lastKept('conversions', ['a'])).has('a')).toBe(true);
  });

  it('is cut off: rejects in time, works again soon after its return', async () => {
    pubsub.cut();
    expect(await rejection(publisher.publish(topic, one('a')))).toContain('UNAVAILABLE');
    pubsub.back();
    // The channel connects again every second or so, which is as long as one publish may take here.
    await expect.poll(() => worksAgain().catch(String), { timeout: 10_000 }).toBeUndefined();
  });

  it('cuts a connection with calls in flight and is back at once: they are tried again and kept', async () => {
    pubsub.behave({ is: 'slow', ms: 100 });
    const publishing = publisher.publish(topic, one('a'));
    await expect.poll(() => pubsub.openCalls()).toBe(1);
    pubsub.cut();
    pubsub.back();
    await publishing;
    expect(pubsub.kept).toContain('a');
  });

  it('is half-open: rejects in time', async () => {
    pubsub.halfOpen();
    expect(await rejection(publisher.publish(topic, one('a')))).toContain('DEADLINE_EXCEEDED');
    pubsub.back();
    await worksAgain();
    // Google's client leaves connections open of which it never heard: those end when TCP gives up, after a quarter of an hour.
    if (name === 'grpc') await expect.poll(() => pubsub.connections(), { timeout: 5_000 }).toBe(1);
  });

  it('is half-open on the old connection only: the next attempt takes a new one and is kept', async () => {
    pubsub.halfOpen();
    pubsub.back();
    await publisher.publish(topic, one('a'));
    expect(pubsub.kept).toContain('a');
  });

  it('is silent under load: holds a bounded number, tells the others at once, and works again', async () => {
    pubsub.behave({ is: 'silent' });
    const results = Array.from({ length: 300 }, (_, i) => publisher.publish(topic, one(`${i}`)));
    const settled = Promise.allSettled(results);
    const started = performance.now();
    await expect(results.at(-1)).rejects.toThrow(Overloaded);
    expect(performance.now() - started).toBeLessThan(500);
    const reasons = (await settled).map((result) => (result as PromiseRejectedResult).reason as unknown);
    expect(performance.now() - started).toBeLessThan(within);
    expect(reasons.filter((reason) => reason instanceof Overloaded)).toHaveLength(300 - limits.heldMessages);
    pubsub.behave({ is: 'ok' });
    await sleep(100); // What they sent is held until their calls have ended too.
    await worksAgain();
    await Promise.all(results.slice(0, 90).map((_, i) => publisher.publish(topic, one(`again ${i}`))));
  });

  it('is silent while we close: close ends in time, and what was under way is told', async () => {
    pubsub.behave({ is: 'silent' });
    const publishing = rejection(publisher.publish(topic, one('a')));
    const started = performance.now();
    await publisher.close();
    expect(performance.now() - started).toBeLessThan(within);
    await publishing;
  });
});
