import { describe, expect, it } from 'vitest';
import { createCloudLog } from '../../../services/runtime/google/log.ts';
import { joinEntries, maxEntryBytes, type LogEntry } from '../../../services/runtime/google/split.ts';
import { traceOf } from '../../../services/runtime/google/trace.ts';

const at = new Date('2026-01-02T03:04:05.678Z');
const trace = traceOf({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' });

function logOf() {
  let text = '';
  const write = (more: string, done?: () => void) => {
    text += more;
    if (done) setTimeout(done, 20);
  };
  const log = createCloudLog({ projectId: 'p', service: 'postback-acme', write, clock: () => at });
  const raw = () => text.split('\n').filter(Boolean);
  const isOurs = (entry: LogEntry) => !('logging.googleapis.com/diagnostic' in entry);
  return { log, raw, entries: () => raw().map((line) => JSON.parse(line) as LogEntry).filter(isOurs) }; // prettier-ignore
}

const own = { time: at.toISOString(), 'logging.googleapis.com/labels': { service: 'postback-acme' } };

/** Written the same way by both; then Cloud Logging finds everything where it was before. */
describe.each(['written directly', 'through logging-winston'])(
  'a line of the log of a Cloud Run role, %s',
  (how) => {
    async function opened() {
      const one = logOf();
      if (how !== 'written directly') await one.log.useWinston();
      return one;
    }

    it.each<[string, Record<string, unknown>, LogEntry]>([
      [
        'a field that would pass for its own',
        { severity: 'DEBUG', time: 'x', message: 'y', level: 'z' },
        { level: 'z' },
      ],
      [
        "fields that winston or Google's library would take for themselves",
        { stack: 'a', labels: 'b', logName: 'c', metadata: { d: 1 }, splat: ['e'], entry: 'f' },
        { stack: 'a', labels: 'b', logName: 'c', metadata: { d: 1 }, splat: ['e'], entry: 'f' },
      ],
      [
        'numbers that JSON has not',
        { big: 2n ** 70n, not: NaN },
        { big: '1180591620717411303424', not: null },
      ],
      ['a line break', { why: 'a\nb\u2028' }, { why: 'a\nb\u2028' }],
      ['nothing', { why: undefined }, {}],
    ])('holds %s', async (what, fields, expected) => {
      const { log, raw, entries } = await opened();
      log.error('a message', fields);
      expect(raw().filter((line) => !line.includes('diagnostic'))).toHaveLength(1);
      const { logName: _added, ...entry } = { ...entries()[0] };
      const { logName: _named, ...others } = expected;
      expect(entry, what).toMatchObject({ severity: 'ERROR', message: 'a message', ...own, ...others });
    });

    it('holds an error with its stack', async () => {
      const { log, entries } = await opened();
      log.error('failed', { error: new TypeError('because') });
      expect(entries()[0]!.error).toMatch(/^TypeError: because\n +at /);
    });

    it('says that it is not whole if a field refers to itself', async () => {
      const { log, entries } = await opened();
      const circle: Record<string, unknown> = {};
      circle.self = circle;
      log.warn('round', { circle });
      expect(entries()[0]).toMatchObject({ severity: 'WARNING', message: 'round' });
      expect(entries()[0]!.unwritable).toMatch(/circular/);
    });

    it('is tied to its request', async () => {
      const { log, entries } = await opened();
      log.info('acme kept', { trace, ids: ['a'] });
      expect(entries()[0]).toMatchObject({
        ...own,
        severity: 'INFO',
        ids: ['a'],
        'logging.googleapis.com/trace': 'projects/p/traces/4bf92f3577b34da6a3ce929d0e0e4736',
        'logging.googleapis.com/spanId': '00f067aa0ba902b7',
        'logging.googleapis.com/trace_sampled': true,
      });
      expect(entries()[0]).not.toHaveProperty('trace');
    });

    it('is several numbered entries under the limit where one would be too large, and they join again', async () => {
      const { log, raw, entries } = await opened();
      const request = { body: '\0"\u20ac😀'.repeat(30_000), headers: { a: 'b' } };
      log.error('journal', { trace, request });
      // Google's library adds some of its own to each entry.
      for (const line of raw()) expect(Buffer.byteLength(line)).toBeLessThan(maxEntryBytes + 500);
      expect(entries().length).toBeGreaterThan(1);
      const { whole, incomplete } = joinEntries(entries());
      expect(incomplete).toEqual([]);
      expect(whole).toHaveLength(1);
      expect(whole[0]).toMatchObject({ ...own, severity: 'ERROR', message: 'journal', request });
    });

    it('is flushed by close, and none is written afterwards', async () => {
      const { log, entries } = await opened();
      for (let i = 0; i < 1_000; i++) log.info('line', { i });
      await log.close();
      log.info('too late');
      await log.close();
      expect(entries().map(({ i }) => i)).toEqual(Array.from({ length: 1_000 }, (_none, i) => i));
    });
  },
);

describe('the switch to logging-winston', () => {
  it('changes no field: its library adds time stamp, id and name of the log, and nothing else', async () => {
    const { log, entries } = logOf();
    const write = () => {
      log.info('acme kept', {
        trace,
        ids: ['a', 'b'],
        ms: 1.25,
        verified: true,
        reasons: [],
        nested: { a: [{ b: null }] },
      });
      log.warn('slow');
      log.error('journal', { request: { query: 'a=b', headers: {} } });
    };
    write();
    await log.useWinston();
    write();
    const direct = entries().slice(0, 3);
    const through = entries().slice(3);
    expect(through).toHaveLength(3);
    for (const [i, entry] of through.entries()) {
      const { timestamp, 'logging.googleapis.com/insertId': insertId, logName, ...ours } = entry;
      expect(ours).toEqual(direct[i]);
      expect((timestamp as { seconds: number }).seconds).toBe(Math.floor(at.getTime() / 1_000));
      expect(insertId).toEqual(expect.any(String));
      expect(logName).toBe('projects/p/logs/winston_log');
    }
  });

  it('loses no line that is written meanwhile, and keeps their order', async () => {
    const { log, entries } = logOf();
    let i = 0;
    const timer = setInterval(() => log.info('line', { i: i++ }), 0);
    log.info('line', { i: i++ });
    await log.useWinston();
    await new Promise((resolve) => setTimeout(resolve, 50));
    clearInterval(timer);
    await log.close();
    expect(entries().map((entry) => entry.i)).toEqual(Array.from({ length: i }, (_none, n) => n));
  });

  it('may leave the many lines of a level written directly, which is cheaper', async () => {
    const { log, entries } = logOf();
    await log.useWinston(['warn', 'error']);
    log.info('a');
    log.warn('b');
    expect(entries().map((entry) => 'logName' in entry)).toEqual([false, true]);
  });
});
