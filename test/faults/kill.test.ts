import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../services/runtime/embedded/database.ts';
import { rawExchange } from '../support/http.ts';
import { startLinkShare, type LocalProcess } from '../support/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'linkshare-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A start takes seconds, most of them the database's. FAULTS_ROUNDS is for who wants to know it better. */
const rounds = Number(process.env.FAULTS_ROUNDS ?? 6);

/** What a sender knows of each id it sent: answered 200, or not. */
type Record200 = Map<string, boolean>;

/** Senders that fire unique sales until the server is gone, each noting every answer. */
async function fire(
  server: LocalProcess,
  round: number,
  known: Record200,
  until: AbortSignal,
): Promise<void> {
  const token = server.secret('usman', 'postback-token');
  let count = 0;
  const sender = async () => {
    while (!until.aborted) {
      const id = `r${round}-${count++}`;
      known.set(id, false);
      const query = `token=${token}&conversion_id=${id}&status=approved&commission=1.00&sale_amount=10&currency=USD&time=2026-11-20T13:15:03Z`;
      try {
        const { status } = await rawExchange(server.port, { path: '/usman/postback', query });
        if (status === 200) known.set(id, true);
      } catch {
        return; // The connection broke: the sender does not know what became of this one.
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, sender));
}

async function keptIds(dataDir: string): Promise<string[]> {
  const { db, close } = await openDatabase(join(dataDir, 'database'));
  const rows = await db.selectFrom('messages').select('data').where('topic', '=', 'conversions').execute();
  await close();
  return rows.map(({ data }) => (JSON.parse(data) as { conversionId: string }).conversionId);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Until senders are under way, however slow the machine is. */
async function untilAnswered(known: Record200, count: number): Promise<void> {
  while ([...known.values()].filter(Boolean).length < count) await pause(10);
}

describe('what was answered 200', () => {
  it('is there after kill -9 under load, again and again, exactly once', async () => {
    const dataDir = join(folder, 'kill');
    const known: Record200 = new Map();
    for (let round = 0; round < rounds; round++) {
      const server = await startLinkShare(dataDir);
      const stop = new AbortController();
      const senders = fire(server, round, known, stop.signal);
      await untilAnswered(known, (round + 1) * 30);
      await pause(Math.random() * 200);
      expect(await server.end('SIGKILL')).toBe('SIGKILL');
      stop.abort();
      await senders;
    }
    const kept = await keptIds(dataDir);
    const answered = [...known].filter(([, ok]) => ok).map(([id]) => id);
    console.log(
      `answered 200: ${answered.length}; kept: ${kept.length}; kept without the sender knowing: ${kept.length - answered.length}`,
    );
    const set = new Set(kept);
    expect(answered.filter((id) => !set.has(id))).toEqual([]);
    expect(kept).toHaveLength(set.size);
    expect(kept.filter((id) => !known.has(id))).toEqual([]);
  }, 240_000);

  it('is everything, when SIGTERM ends it: those in flight are finished and answered, exit 0', async () => {
    const dataDir = join(folder, 'term');
    const server = await startLinkShare(dataDir);
    const known: Record200 = new Map();
    const stop = new AbortController();
    const senders = fire(server, 0, known, stop.signal);
    await untilAnswered(known, 30);
    const started = performance.now();
    expect(await server.end('SIGTERM')).toBe(0);
    expect(performance.now() - started).toBeLessThan(10_000);
    stop.abort();
    await senders;
    const answered = [...known].filter(([, ok]) => ok).map(([id]) => id);
    expect((await keptIds(dataDir)).sort()).toEqual(answered.sort());
  }, 60_000);
});
