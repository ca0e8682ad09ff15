import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPubSubBus } from '../../../services/runtime/pubsub/bus.ts';
import { openPublisher, publishers } from '../../../services/runtime/pubsub/open.ts';
import type { Publisher } from '../../../services/runtime/pubsub/publisher.ts';
import { missingEmulator, startEmulator, type Emulator } from '../../support/emulator.ts';

describe.skipIf(missingEmulator)("on Google's emulator", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator?.stop());

  describe.each(publishers)('the publisher "%s"', (name) => {
    let publisher: Publisher;
    beforeAll(async () => {
      publisher = await openPublisher(name, { emulatorHost: emulator.host });
    });
    afterAll(() => publisher.close());

    it('sends every message exactly as it was given, with its attributes', async () => {
      const topic = await emulator.createTopic(`exact-${name}`);
      const sent = [
        { data: '{"id":"1"}', attributes: { 'ce-id': '1', 'content-type': 'application/json' } },
        { data: 'ราคา ฿1,290 – đơn hàng 🛒\u0000\n', attributes: { partner: 'ร้านค้า', empty: '' } },
        { data: 'x'.repeat(200_000), attributes: {} },
        { data: '', attributes: { only: 'attributes' } },
      ];
      await publisher.publish(topic, sent);
      const pulled = await emulator.pull(`exact-${name}`, sent.length);
      expect(pulled).toHaveLength(sent.length);
      expect(pulled).toEqual(expect.arrayContaining(sent));
    });

    it('keeps what many callers publish at once, each message once', async () => {
      const topic = await emulator.createTopic(`many-${name}`);
      const ids = Array.from({ length: 1_000 }, (_, i) => String(i));
      await Promise.all(ids.map((id) => publisher.publish(topic, [{ data: id, attributes: { id } }])));
      const pulled = await emulator.pull(`many-${name}`, ids.length, 15_000);
      expect(pulled.map(({ data }) => data).sort()).toEqual(ids.sort());
    });

    it('takes 500 messages of one request', async () => {
      const topic = await emulator.createTopic(`request-${name}`);
      const sent = Array.from({ length: 500 }, (_, i) => ({ data: `${i}`, attributes: { i: `${i}` } }));
      await publisher.publish(topic, sent);
      const pulled = await emulator.pull(`request-${name}`, 500);
      expect(pulled.map(({ data }) => Number(data)).sort((a, b) => a - b)).toEqual(sent.map((_, i) => i));
    });

    it('rejects at once for a topic that does not exist, and for what Pub/Sub does not take', async () => {
      const started = performance.now();
      const message = { data: 'x', attributes: {} };
      await expect(publisher.publish(emulator.topicName('none'), [message])).rejects.toThrow(/NOT_FOUND/);
      const topic = await emulator.createTopic(`empty-${name}`);
      const empty = publisher.publish(topic, [{ data: '', attributes: {} }]);
      const good = publisher.publish(topic, [message]);
      await expect(empty).rejects.toThrow(/INVALID_ARGUMENT/);
      await expect(good).resolves.toBeUndefined();
      expect(performance.now() - started).toBeLessThan(6_000);
    });

    it('finishes what is under way when it is closed, and takes no more', async () => {
      const topic = await emulator.createTopic(`close-${name}`);
      const closing = await openPublisher(name, { emulatorHost: emulator.host });
      const underWay = Array.from({ length: 100 }, (_, i) =>
        closing.publish(topic, [{ data: `${i}`, attributes: {} }]),
      );
      await closing.close();
      await expect(Promise.all(underWay)).resolves.toHaveLength(100);
      await expect(closing.publish(topic, [{ data: 'x', attributes: {} }])).rejects.toThrow('closed');
      await expect(emulator.pull(`close-${name}`, 100)).resolves.toHaveLength(100);
    });

    it('is a bus that remembers what was acknowledged, and nothing else', async () => {
      const conversions = await emulator.createTopic(`bus-${name}`);
      const none = emulator.topicName('none');
      const now = new Date('2026-11-24T00:00:00Z');
      const topics = { conversions, quarantine: none, refused: none };
      const bus = createPubSubBus({ publisher, topics, clock: () => now });
      const message = { id: 'a', data: '{}', attributes: { 'ce-id': 'a' } };
      await bus.publish('conversions', [message]);
      await expect(bus.publish('quarantine', [message])).rejects.toThrow(/NOT_FOUND/);
      expect(await bus.lastKept('conversions', ['a', 'b'])).toEqual(new Map([['a', now]]));
      expect(await bus.lastKept('quarantine', ['a'])).toEqual(new Map());
      expect(await emulator.pull(`bus-${name}`, 1)).toEqual([{ data: '{}', attributes: { 'ce-id': 'a' } }]);
    });
  });
});
