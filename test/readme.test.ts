import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPartners } from '../services/manifest/load/load.ts';
import { startLinkShare, type LocalProcess } from './support/process.ts';

const partners = loadPartners('partners');
const receiving = partners.filter(({ receives }) => receives);

const run = promisify(execFile);
const dataDir = mkdtempSync(join(tmpdir(), 'linkshare-readme-'));
let server: LocalProcess;
beforeAll(async () => {
  server = await startLinkShare(dataDir);
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

const readme = readFileSync('README.md', 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) =>
    match[1]!.trim(),
  );

/** Runs a line of the README in a shell, against this test's server and folder instead of the ones it names. */
async function shell(line: string): Promise<string> {
  const here = line
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${server.port}`)
    .replaceAll('.linkshare/', `${dataDir}/`);
  const { stdout } = await run('bash', ['-c', here], { env: { ...process.env, DATA_DIR: dataDir } });
  return stdout;
}

describe('README.md', () => {
  it('begins with the two commands', () => {
    expect(blocks('sh').slice(0, 2)).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  });

  it('shows a curl line that works and the JSON that comes of it', async () => {
    const [curl = '', show = ''] = blocks('sh').slice(2);
    expect(await shell(curl)).toBe('OK');
    const [message] = JSON.parse(await shell(show)) as [{ data: Record<string, unknown> }];
    const shown = JSON.parse(blocks('json')[0]!) as [{ data: Record<string, unknown> }];
    expect(withoutCircumstances(message)).toEqual(withoutCircumstances(shown[0]));
    expect(await shell(curl)).toBe('OK');
    expect(JSON.parse(await shell(show.replace('--last 1', '--last 5')))).toHaveLength(1);
  });
});

describe('README.md, on reports', () => {
  it('shows a reconciliation that comes out so', async () => {
    const example = blocks('sh').find((block) => block.includes(' reconcile '))!;
    const shown = blocks('text').find((block) => block.includes('274691190'))!;
    expect(whenever(await shell(example))).toBe(whenever(shown));
  });
});

/** Without the times at which this run received what it did. */
const whenever = (text: string) => text.trim().replace(/(postback) \S+Z:/g, '$1 a time:');

/** Times of this run, and the version of this machine's curl. */
function withoutCircumstances(message: object): unknown {
  return JSON.parse(
    JSON.stringify(message)
      .replace(/"(keptAt|ce-time|receivedAt)":"[^"]*"/g, '"$1":"a time"')
      .replace(/curl\/[\d.]+/, 'curl'),
  );
}

describe('npm start', () => {
  const menu = () => server.output().split('\n\n').filter((part) => part.includes('\n  try    ')); // prettier-ignore

  const tries = () =>
    menu().flatMap((part) => {
      const line = /^ {2}try {4}(.*)$/m.exec(part)![1]!;
      return line.startsWith('(') ? [] : [[part, line] as const];
    });

  it('prints for every partner a URL to paste with its secret in it', () => {
    expect(menu()).toHaveLength(receiving.length);
    for (const part of menu()) {
      const [, id = ''] = /\(([a-z0-9-]+)(?:, stage test[^)]*)?\)$/m.exec(part)!;
      const url = /^ {2}paste {2}(\S+)$/m.exec(part)![1]!;
      expect(url.startsWith(`${server.url}/${id}`)).toBe(true);
      const { verify } = partners.find((partner) => partner.id === id)!.manifest;
      for (const { secret, at = '', by } of [verify].flat())
        if (secret !== undefined && by === undefined && !at.startsWith('header.')) expect(url).toContain(server.secret(id, secret)); // prettier-ignore
    }
  });

  it('prints for nearly every partner a curl line that works as it stands, twice', async () => {
    // A body that is sealed under our secret is no work for a shell, nor is a call from an address of theirs.
    expect(tries().length).toBeGreaterThan(receiving.length - 4);
    for (const [part, line] of tries()) {
      const partner = partners.find(({ id }) => part.includes(`(${id}`))!;
      const { kept, repeat } = partner.answers;
      expect(`${partner.id}: ${(await shell(line)).trim()}`).toBe(`${partner.id}: ${kept?.body ?? 'OK'}`);
      expect((await shell(line)).trim()).toBe(repeat?.body ?? 'OK');
    }
  });

  it('logs one line per postback, with its outcome and no secret', async () => {
    // Other lines tell what the server does by the clock.
    const told = () => server.output().split('\n').filter((line) => line.startsWith('{') && line.includes('"outcome"')); // prettier-ignore
    // The last one may still be on its way.
    await expect
      .poll(() => told().length, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(2 + 2 * tries().length);
    const lines = told();
    const outcomes = lines.map((line) => (JSON.parse(line) as { outcome?: string }).outcome);
    expect(outcomes, server.output().slice(-3000)).toEqual(
      ['kept', 'repeat', ...Array.from({ length: tries().length }, () => ['kept', 'repeat']).flat()].slice(
        0,
        outcomes.length,
      ),
    );
    expect(outcomes.length).toBe(2 + 2 * tries().length);
    const secrets = ['involve', 'rector', 'usman'].map((id) => server.secret(id, 'postback-token'));
    for (const line of lines) for (const secret of secrets) expect(line).not.toContain(secret);
  });
});
