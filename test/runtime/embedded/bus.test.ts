import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bus, Message } from '../../../services/runtime/bus.ts';
import { createTableBus, recentMessages } from '../../../services/runtime/embedded/bus.ts';
import { openDatabase, type Database } from '../../../services/runtime/embedded/database.ts';

let db: Database;
let close: () => Promise<void>;
let bus: Bus;
beforeAll(async () => void ({ db, close } = await openDatabase('memory://')));
afterAll(() => close());
beforeEach(async () => {
  await db.deleteFrom('messages').execute();
  bus = createTableBus(db);
});

const message = (id: string, more: Partial<Message> = {}): Message => ({
  id,
  data: '{}',
  attributes: {},
  ...more,
});
/** Postgres refuses this character in any text. */
const bad = (id: string) => message(id, { data: '\u0000' });
const last = (limit: number, topic: 'conversions' | 'refused' = 'conversions') =>
  recentMessages(db, { topic, limit });
const ids = async (topic?: 'refused') => (await last(10_000, topic)).map(({ id }) => id).reverse();

describe('publish', () => {
  it('rejects what the database refuses, and keeps none of the same call', async () => {
    await expect(bus.publish('conversions', [message('a'), bad('b'), message('c')])).rejects.toThrow();
    expect(await ids()).toEqual([]);
  });

  it('keeps the other callers of a batch in which one fails', async () => {
    const calls = Array.from({ length: 20 }, (_, i) =>
      bus.publish('conversions', i === 7 ? [message('7a'), bad('7b')] : [message(String(i))]),
    );
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status === 'fulfilled').indexOf(false)).toBe(7);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect((await ids()).sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => String(i)).filter((id) => id !== '7').sort(), // prettier-ignore
    );
  });

  it('rejects a call of more than one statement whole, when one of its messages fails', async () => {
    const many = Array.from({ length: 1200 }, (_, i) => (i === 1199 ? bad('x') : message(String(i))));
    await expect(bus.publish('conversions', many)).rejects.toThrow();
    expect(await ids()).toEqual([]);
  });

  it('keeps every one of 2,000 concurrent calls, once', async () => {
    const sent = Array.from({ length: 2000 }, (_, i) => `id-${i}`);
    await Promise.all(sent.map((id) => bus.publish('conversions', [message(id)])));
    expect(await ids()).toEqual(sent);
  });

  it('keeps a call of 20,000 messages, more than a statement has parameters for', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => message(String(i)));
    await bus.publish('conversions', many);
    const { count } = await db
      .selectFrom('messages')
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(20_000);
  });

  it('keeps exactly what it is given, whatever the text', async () => {
    const data = JSON.stringify({
      nul: '\u0000',
      emoji: '💸',
      quotes: `'"\\`,
      half: '\ud800',
      big: 'x'.repeat(400_000),
    });
    const attributes = { 'ce-id': 'ü\u0000', constructor: 'x' };
    await bus.publish('conversions', [message("it's", { data, attributes })]);
    expect(await last(1)).toMatchObject([{ id: "it's", data, attributes }]);
  });

  it('keeps a message of no call, when there is none', async () => {
    await bus.publish('conversions', []);
    expect(await ids()).toEqual([]);
  });

  it('keeps repeats: it is the caller who knows whether they are news', async () => {
    await bus.publish('conversions', [message('a')]);
    await bus.publish('conversions', [message('a')]);
    expect(await ids()).toEqual(['a', 'a']);
  });

  it('is not held up by a reader in the middle of a large call', async () => {
    const many = Array.from({ length: 1200 }, (_, i) => message(String(i)));
    const [, seen] = await Promise.all([bus.publish('conversions', many), ids('refused')]);
    expect(seen).toEqual([]);
    expect(await ids()).toHaveLength(1200);
  });
});

describe('lastKept', () => {
  it('knows nothing of ids that were never kept, or in another topic', async () => {
    await bus.publish('refused', [message('a')]);
    expect(await bus.lastKept('conversions', ['a', 'b'])).toEqual(new Map());
    expect(await bus.lastKept('conversions', [])).toEqual(new Map());
  });

  it('tells when an id was kept last', async () => {
    const before = Date.now();
    await bus.publish('conversions', [message('a'), message('b')]);
    const first = (await bus.lastKept('conversions', ['a'])).get('a')!;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await bus.publish('conversions', [message('a')]);
    const second = (await bus.lastKept('conversions', ['a'])).get('a')!;
    expect(first.getTime()).toBeGreaterThanOrEqual(before - 1);
    expect(second.getTime()).toBeGreaterThan(first.getTime());
    expect(second.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('gives each of many askers its own answer', async () => {
    await bus.publish('conversions', [message('a'), message('b')]);
    await bus.publish('refused', [message('c')]);
    const answers = await Promise.all([
      bus.lastKept('conversions', ['a']),
      bus.lastKept('conversions', ['b', 'c']),
      bus.lastKept('refused', ['a', 'c']),
      bus.lastKept('conversions', []),
    ]);
    expect(answers.map((known) => [...known.keys()])).toEqual([['a'], ['b'], ['c'], []]);
  });

  it('fails only who asks for what cannot be asked for', async () => {
    await bus.publish('conversions', [message('a')]);
    const ids = ['a', 'a', '\u0000', 'a'];
    const answers = await Promise.allSettled(ids.map((id) => bus.lastKept('conversions', [id])));
    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true]);
  });
});

describe('close', () => {
  it('waits for what is under way, and refuses what comes after', async () => {
    const kept: string[] = [];
    const calls = ['a', 'b', 'c'].map((id) =>
      bus.publish('conversions', [message(id)]).then(() => kept.push(id)),
    );
    const asked = bus.lastKept('conversions', ['a']).then(() => kept.push('asked'));
    await bus.close();
    expect(kept.sort()).toEqual(['a', 'asked', 'b', 'c']);
    await expect(bus.publish('conversions', [message('d')])).rejects.toThrow('closed');
    await expect(bus.lastKept('conversions', ['d'])).rejects.toThrow('closed');
    expect(await ids()).toEqual(['a', 'b', 'c']);
    await Promise.all([...calls, asked]);
  });
});

describe('recentMessages', () => {
  it('gives the newest first, of one topic, and pages by seq', async () => {
    for (const id of ['a', 'b', 'c']) await bus.publish('conversions', [message(id)]);
    await bus.publish('refused', [message('r')]);
    const [c, b] = await last(2);
    expect([c?.id, b?.id]).toEqual(['c', 'b']);
    expect(c!.seq).toBeGreaterThan(b!.seq);
    expect(c!.keptAt).toBeInstanceOf(Date);
    const older = await recentMessages(db, { topic: 'conversions', limit: 5, before: b!.seq });
    expect(older.map(({ id }) => id)).toEqual(['a']);
  });
});
