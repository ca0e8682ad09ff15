import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import express from 'express';
import { runCommand } from '../../services/cli/command.ts';
import { readEvents } from '../../services/cli/events.ts';
import { createConsole } from '../../services/console/pages.ts';
import { createTableBus } from '../../services/runtime/embedded/bus.ts';
import { openDatabase } from '../../services/runtime/embedded/database.ts';
import { takeLock } from '../../services/runtime/embedded/lock.ts';
import { emptyFolder } from '../support/folder.ts';

type Printed = { id: string; topic: string; data: unknown }[];

/** What `linkshare events` prints, parsed. */
async function events(dataDir: string, ...options: string[]): Promise<Printed> {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  onTestFinished(() => log.mockRestore());
  await runCommand(['events', ...options], { DATA_DIR: dataDir });
  return JSON.parse(log.mock.lastCall!.join('')) as Printed;
}

it('rejects where nothing was received yet, and makes nothing', async () => {
  const folder = join(emptyFolder(), 'data');
  await expect(events(folder)).rejects.toThrow(`nothing was received yet: there is no database in ${folder}`);
  expect(existsSync(folder)).toBe(false);
});

it('rejects where the server answers with an error, and does not open its folder', async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'database'));
  const lock = await takeLock(folder, (_request, response) =>
    response.writeHead(500).end('{"title":"broken"}'),
  );
  onTestFinished(() => lock.release());
  await expect(events(folder)).rejects.toThrow('the running LinkShare answered 500: broken');
  expect(existsSync(join(folder, 'database', 'base'))).toBe(false);
});

it('asks the server that holds the folder, and opens the folder itself where none does', async () => {
  const folder = emptyFolder();
  const { db, close } = await openDatabase(join(folder, 'database'));
  const bus = createTableBus(db);
  const message = (id: string, data: string) => ({ id, data, attributes: {} });
  await bus.publish('conversions', [message('1', '{"a":1}'), message('2', 'no JSON')]);
  await bus.publish('refused', [message('r', '{}')]);
  const lock = await takeLock(folder, express().use(createConsole({ db, anyHost: true })));

  const both = [
    { id: '2', topic: 'conversions', data: 'no JSON' },
    { id: '1', topic: 'conversions', data: { a: 1 } },
  ];
  expect(await events(folder)).toMatchObject(both);
  expect(await events(folder, '--last', '1')).toMatchObject(both.slice(0, 1));
  expect(await events(folder, '--topic', 'refused')).toMatchObject([{ id: 'r' }]);
  expect(await events(folder, '--topic', 'quarantine')).toEqual([]);

  await lock.release();
  await close();
  // Two at once: one waits until the other is done with the folder.
  const asked = await Promise.all([
    readEvents(folder, 'conversions', 20),
    readEvents(folder, 'conversions', 1),
  ]);
  expect(asked).toMatchObject([both, both.slice(0, 1)]);
  expect(readdirSync(folder).sort()).toEqual(['database', 'lock']);
});
