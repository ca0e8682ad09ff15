import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent } from './support/events.ts';
import { missingPostgres, startPostgres, type Postgres } from './support/postgres.ts';
import { startRole } from './support/process.ts';
import { startPusher, type Pusher } from './support/push.ts';

describe.skipIf(missingPostgres)('main.ts ledger, on PostgreSQL', () => {
  let postgres: Postgres;
  let pusher: Pusher;
  let settings: NodeJS.ProcessEnv;
  beforeAll(async () => {
    [postgres, pusher] = await Promise.all([startPostgres(), startPusher()]);
    settings = { ...pusher.settings, GOOGLE_CLOUD_PROJECT: 'p', DATABASE_URL: postgres.url };
  });
  afterAll(async () => {
    pusher?.close();
    await postgres?.stop();
  });

  const push = (url: string, id: string) => pusher.push(url, anEvent({ conversionId: id }));
  const keys = async () => {
    const client = new Client(postgres.url);
    await client.connect();
    const { rows } = await client.query<{ conversion_id: string }>(
      'select conversion_id from conversions order by 1',
    );
    await client.end();
    return rows.map(({ conversion_id }) => conversion_id);
  };

  it('several start at once, record what is pushed, and end in order', async () => {
    const ledgers = await Promise.all([startRole('ledger', settings), startRole('ledger', settings)]);
    const [first, second] = ledgers;
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
    expect(await Promise.all([push(first.url, 'a'), push(second.url, 'a'), push(second.url, 'b')])).toEqual([
      204, 204, 204,
    ]);
    expect(await keys()).toEqual(['a', 'b']);
    for (const ledger of ledgers) expect(await ledger.end('SIGTERM')).toBe(0);
  });

  it('loses nothing that it acknowledged when it is killed in the midst of many', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const ledger = await startRole('ledger', settings);
      let next = 0;
      let over = false;
      const sender = async () => {
        while (!over) {
          const id = `k${round}-${next++}`;
          const status = await push(ledger.url, id).catch(() => 0);
          if (status === 204) acknowledged.push(id);
        }
      };
      const senders = Promise.all(Array.from({ length: 8 }, sender));
      const enough = acknowledged.length + 40;
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(enough);
      expect(await ledger.end('SIGKILL')).toBe('SIGKILL');
      over = true;
      await senders;
    }
    const kept = new Set(await keys());
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  });

  it.each([
    ['no database', { DATABASE_URL: undefined }, 'DATABASE_URL is not set'],
    ['no audience', { PUSH_AUDIENCE: undefined }, 'PUSH_AUDIENCE is not set'],
    ['a database that is away', { DATABASE_URL: 'postgres://ledger@127.0.0.1:1/x' }, 'ECONNREFUSED'],
    ['settings that are no JSON', { PARTNER_SETTINGS: '{' }, 'JSON'],
  ])('ends with a sentence for %s', async (_, changes, sentence) => {
    await expect(startRole('ledger', { ...settings, ...changes })).rejects.toThrow(sentence);
  });
});
