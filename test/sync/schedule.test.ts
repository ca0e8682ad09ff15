import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connector, ConnectorContext } from '../../services/sync/connector.ts';
import { connectors } from '../../services/sync/connectors/index.ts';
import { startSchedule, type Schedule } from '../../services/sync/schedule.ts';
import { filePartner, involveAt, startTestSync, type TestSync } from './support.ts';

const second = 1_000;
const hour = 3_600 * second;
const secrets = { 'net/api-key-one': 'general', 'net/api-secret-one': 'c2VjcmV0K2E=' };
const partner = involveAt('http://127.0.0.1:1', 'every: 6h\n  lookback: 1d');

let sync: TestSync;
let schedule: Schedule | undefined;
/** What the network was asked, and what it does then. */
const asked: ConnectorContext[] = [];
let answer: Connector;
beforeAll(async () => (sync = await startTestSync(secrets)));
afterAll(() => sync.close());
beforeEach(async () => {
  await sync.reset();
  asked.length = 0;
  answer = async function* () {};
  // The timers of the schedule alone: a run and its database go by the real clock.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  await schedule?.stop();
  vi.useRealTimers();
});

const connect: Connector = (context) => {
  asked.push(context);
  return answer(context);
};
const parts = () => ({ ...sync.parts, connectors: { ...connectors, 'involve-conversions': async () => connect } }); // prettier-ignore
const begin = async (partners = [partner], more = {}) =>
  void (schedule = await startSchedule(partners, { ...parts(), ...more }));
const lines = () => sync.lines.map(({ level, message }) => `${level} ${message}`);
const settled = (count: number, line: RegExp) =>
  expect.poll(() => lines().filter((each) => line.test(each)).length, { timeout: 60_000 }).toBe(count);
const taken = /info report taken/;

describe('a local schedule', () => {
  it('fetches a minute after the start, and then as often as the manifest says', async () => {
    await begin();
    vi.advanceTimersByTime(60 * second - 1);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    await settled(1, taken);
    vi.advanceTimersByTime(6 * hour - 1);
    expect(asked).toHaveLength(1);
    for (const runs of [2, 3]) {
      vi.advanceTimersByTime(runs === 2 ? 1 : 6 * hour);
      await settled(runs, taken);
    }
    expect(asked).toHaveLength(3);
  });

  it('leaves alone what is a file, and says once of what else is off which secret is missing', async () => {
    const read = (_: string, name: string) => Promise.reject(new Error(`the secret ${name} has no value`));
    await begin([filePartner, partner], { secrets: { ...sync.parts.secrets, read } }); // prettier-ignore
    expect(vi.getTimerCount()).toBe(0);
    expect(sync.lines).toEqual([{ level: 'info', message: 'report off', fields: { partner: 'net', why: 'the secret api-key-one has no value' } }]); // prettier-ignore
  });

  it('goes on after a run that failed', async () => {
    answer = async function* () {
      throw new Error('Involve Asia answers no more');
    };
    await begin();
    vi.advanceTimersByTime(60 * second);
    await settled(1, taken);
    expect(lines()).toContain('error report not taken');
    answer = async function* () {};
    vi.advanceTimersByTime(6 * hour);
    await settled(2, taken);
    expect(sync.lines.at(-1)!.fields).toMatchObject({ whole: true });
  });

  it('does not run twice at once: one that takes longer than its time is left to end', async () => {
    const waiting = Promise.withResolvers<void>();

    answer = async function* () {
      await waiting.promise;
    };
    await begin();
    vi.advanceTimersByTime(60 * second);
    await expect.poll(() => asked.length).toBe(1);
    vi.advanceTimersByTime(6 * hour);
    await settled(1, /info report left to another run/);
    expect(asked).toHaveLength(1);
    waiting.resolve();
    await settled(1, taken);
  });

  it('stopped, begins nothing more, and ends the run under way before it says that it has', async () => {
    answer = async function* ({ signal }) {
      await new Promise((resolve) => signal!.addEventListener('abort', resolve));
      signal!.throwIfAborted();
    };
    await begin();
    vi.advanceTimersByTime(60 * second);
    await expect.poll(() => asked.length).toBe(1);
    await schedule!.stop();
    expect(lines()).toContain('error report not taken');
    expect(await sync.parts.db.selectFrom('sync_runs').select('lease').execute()).toEqual([{ lease: null }]);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(24 * hour);
    expect(asked).toHaveLength(1);
  });
});
