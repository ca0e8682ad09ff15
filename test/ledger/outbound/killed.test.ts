import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { migrate, openPostgres } from '../../../services/ledger/database.ts';
import type { Ledger } from '../../../services/ledger/tables.ts';
import { missingPostgres, startPostgres, type Postgres } from '../../support/postgres.ts';
import { around } from './setup.ts';
import { hangs, ok, startStandIn, type StandIn } from './standin.ts';

describe.skipIf(missingPostgres)('a worker on PostgreSQL', () => {
  let postgres: Postgres;
  let publisher: StandIn;
  let db: Ledger;
  let close: (() => Promise<void>) | undefined;
  const at = around(() => db);
  beforeAll(async () => {
    postgres = await startPostgres();
    publisher = await startStandIn();
    ({ db, close } = openPostgres({ connectionString: postgres.url }));
    await migrate(db);
    await at.publishers();
    await at.ask('postback-set', { publisher: 'mkk', url: `${publisher.url}/?c={clickId}`, concurrency: 5 });
  });
  afterEach(() => at.stop());
  afterAll(async () => {
    await close?.();
    await postgres?.stop();
    await publisher?.stop();
  });
  const ids = () => publisher.received.map(({ headers }) => headers['webhook-id']);

  it('that is killed in the middle loses nothing: another makes the same attempts again', async () => {
    publisher.answers(hangs);
    await at.tell(...Array.from({ length: 8 }, (_, i) => at.sale(String(i))));
    const child = spawn(process.execPath, ['test/ledger/outbound/worker-process.ts', postgres.url], {
      stdio: 'ignore',
    });
    await expect.poll(() => publisher.received.length, { timeout: 30_000 }).toBe(5);
    child.kill('SIGKILL');
    await once(child, 'exit');
    publisher.answers(ok);

    // Until the lease ends nobody else makes them; by the machine's clock, as the child's was.
    const begun = ids();
    at.pass((Date.now() - at.now().getTime()) / 1000);
    await at.worker().settled();
    expect(ids().slice(5)).toEqual([]);
    at.pass(3_600);
    await at.worker().settled();
    expect(ids()).toHaveLength(13);
    expect(new Set(ids().slice(5))).toEqual(new Set((await at.told()).map(({ id }) => id)));
    expect(ids().slice(5)).toEqual(expect.arrayContaining(begun));
    expect(await at.told()).toMatchObject(
      Array(8).fill({ state: 'delivered', attempts: 1, log: [{ number: 1 }] }),
    );
  });

  it('that outlives its lease writes nothing over what another has written', async () => {
    publisher.received.length = 0;
    const answers: (() => void)[] = [];
    publisher.answers((_, response) => answers.push(() => response.writeHead(404).end()));
    await at.tell(at.sale('late'));
    const slow = at.worker().settled();
    await expect.poll(() => publisher.received.length).toBe(1);
    publisher.answers(ok);
    at.pass(3_600);
    await at.worker().settled();
    answers[0]!();
    await slow;
    expect(new Set(ids()).size).toBe(1);
    const [told] = await at.told({ conversion: 'late' });
    expect(told).toMatchObject({ state: 'delivered', attempts: 1, log: [{ status: 200 }] });
    expect(at.log).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ status: 404, written: false }) }),
    );
  });

  it('that loses the database between an answer and its writing makes the attempt again, under the same id', async () => {
    publisher.received.length = 0;
    const answers: (() => void)[] = [];
    publisher.answers((_, response) => answers.push(() => response.end('OK')));
    const { db: lost, close: lose } = openPostgres({ connectionString: postgres.url });
    const worker = at.worker({}, lost);
    await at.tell(at.sale('unwritten'));
    const settled = worker.settled();
    await expect.poll(() => publisher.received.length).toBe(1);
    await lose();
    answers[0]!();
    await settled;
    const messages = at.log.map(({ level, message }) => `${level} ${message}`);
    expect(messages).toContain('error attempt not written');
    expect(messages.filter((each) => each === 'warn deliveries wait').length).toBeGreaterThan(0);
    publisher.answers(ok);
    at.pass(3_600);
    await at.worker().settled();
    expect(publisher.received).toHaveLength(2);
    expect(new Set(ids()).size).toBe(1);
  });
});
