import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { runCommand } from '../../services/cli/command.ts';
import { splitEntry } from '../../services/runtime/google/split.ts';
import { startLocal } from '../../services/local.ts';
import { createLog } from '../../services/runtime/log.ts';
import { readConfig } from '../../services/runtime/config.ts';
import { startFakePubSub } from '../support/fake-pubsub.ts';
import { startFakeSecretManager } from '../support/fake-secret-manager.ts';
import { emptyFolder } from '../support/folder.ts';

const line = (id: string, more = {}) => ({
  severity: 'ERROR',
  message: 'journal',
  partner: 'usman',
  receivedAt: '2026-11-24T00:00:00.000Z',
  why: 'Error: down',
  verdict: 'verified',
  request: {
    method: 'GET',
    path: '/usman/postback',
    query: `token=***&conversion_id=${id}&status=approved&commission=1.00&sale_amount=10&currency=USD&time=2026-11-20T13:15:03Z`,
    headers: { 'user-agent': 'x'.repeat(200) },
  },
  ...more,
});

/** Runs `linkshare replay` on a log; what it printed, and how it ended. */
async function replay(log: string, env: NodeJS.ProcessEnv, ...options: string[]) {
  const out = vi.spyOn(console, 'log').mockReturnValue();
  const err = vi.spyOn(console, 'error').mockReturnValue();
  onTestFinished(() => void [out, err].forEach((spy) => spy.mockRestore()));
  [out, err].forEach((spy) => spy.mockClear());
  const file = join(emptyFolder(), 'log');
  writeFileSync(file, log);
  const ended = await runCommand(['replay', '--journal', file, ...options], env).then(
    () => 'well',
    (error: unknown) => String(error),
  );
  return {
    ended,
    out: out.mock.calls.map((call) => call.join(' ')),
    err: err.mock.calls.map((call) => call.join(' ')),
  };
}

const lines = (...entries: unknown[]) => entries.map((entry) => JSON.stringify(entry)).join('\n');

it('reads a log with other lines in it, split ones in any order, into a folder without a server', async () => {
  const env = { DATA_DIR: emptyFolder() };
  const parts = splitEntry(line('split'), 400);
  expect(parts.length).toBeGreaterThan(2);
  const log = ['> npm start', lines({ message: 'listening' }, ...parts.reverse(), line('a'), 7), ''].join(
    '\n',
  );
  const first = await replay(log, env);
  expect(first.ended).toBe('well');
  expect(first.out).toHaveLength(2);
  expect(first.out[0]).toMatch(/^2026-11-24T00:00:00.000Z usman kept [0-9a-f]{32}$/);
  expect(first.err).toEqual([
    '2 lines are no JSON and were passed over',
    '2 requests in the journal: 2 kept',
  ]);
  const second = await replay(log, env);
  expect(second.err.at(-1)).toBe('2 requests in the journal: 2 repeat');
});

it('reads what gcloud exports, and hands it to the server that holds the folder', async () => {
  const env = { DATA_DIR: emptyFolder(), PORT: '0' };
  const log = createLog({ pretty: false, stream: process.stderr });
  const server = await startLocal(readConfig(env), log);
  onTestFinished(() => server.stop());
  const exported = [line('a'), line('b')].map(({ severity, ...jsonPayload }) => ({ severity, jsonPayload }));
  const many = Array.from({ length: 120 }, (_, i) => ({ jsonPayload: line(`n${i}`) }));
  const result = await replay(JSON.stringify([...exported, ...many]), env);
  expect([result.ended, result.err]).toEqual(['well', ['122 requests in the journal: 122 kept']]);
  const events = (await (await fetch(`${server.url}/events?limit=200`)).json()) as unknown[];
  expect(events).toHaveLength(122);
});

it('replays into the topics of a project', async () => {
  const pubsub = await startFakePubSub();
  const secretManager = await startFakeSecretManager();
  onTestFinished(async () => {
    await pubsub.stop();
    await secretManager.stop();
  });
  const env = {
    PUBSUB_EMULATOR_HOST: pubsub.host,
    SECRET_MANAGER_HOST: secretManager.host,
    CONVERSIONS_TOPIC: 'sales',
  };
  const result = await replay(lines(line('a')), env, '--project', 'shop-1');
  expect([result.ended, result.err]).toEqual(['well', ['1 requests in the journal: 1 kept']]);
  expect(pubsub.requests).toMatchObject([{ topic: 'projects/shop-1/topics/sales' }]);
  expect(JSON.parse(pubsub.kept[0]!)).toMatchObject({ partner: 'usman', conversionId: 'a', verified: true });
});

it('ends with an error for what cannot be replayed, after all else was', async () => {
  const env = { DATA_DIR: emptyFolder() };
  const [, ...rest] = splitEntry(line('split'), 400);
  const result = await replay(lines(...rest, line('b', { partner: 'gone' }), line('a')), env);
  expect(result.ended).toBe(
    `Error: 1 requests could not be replayed; ${rest.length} parts of lines lack the others`,
  );
  expect(result.out[0]).toContain('gone failed Error: there is no partner "gone" here');
  expect(result.out[1]).toContain('usman kept');
});

it('makes nothing of a log without a journal, and says so', async () => {
  const result = await replay(lines({ message: 'listening' }), { DATA_DIR: join(emptyFolder(), 'none') });
  expect([result.ended, result.err]).toEqual(['well', ['0 requests in the journal']]);
});

it('names a file that is not there', async () => {
  await expect(runCommand(['replay', '--journal', '/nowhere/log'], {})).rejects.toThrow('/nowhere/log');
});

it('reads standard input, however slowly it comes', async () => {
  const dataDir = emptyFolder();
  const log = lines(...Array.from({ length: 200 }, (_, i) => line(`n${i}`)));
  const child = spawn(process.execPath, ['services/main.ts', 'cli', 'replay', '--journal', '-'], {
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
  for (let from = 0; from < log.length; from += 20_000) {
    child.stdin.write(log.slice(from, from + 20_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number];
  expect([code, printed.split('\n').filter((text) => text.includes('requests'))]).toEqual([0, ['200 requests in the journal: 200 kept']]); // prettier-ignore
});
