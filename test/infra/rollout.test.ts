import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const image = (letter: string) => `registry.example.com/linkshare@sha256:${letter.repeat(64)}`;

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'ls-rollout-'));
});
afterEach(() => rmSync(bin, { recursive: true }));

/** A program that writes down how it is called, then does what it is told. */
function fake(name: string, does: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${join(bin, 'calls')}"\n${does}\n`);
  chmodSync(join(bin, name), 0o755);
}

interface World {
  running?: string;
  health?: string;
  errors?: string;
  /** A part of the call to Pulumi that fails. */
  fails?: string;
  /** Pulumi's state cannot be read. */
  unreadable?: boolean;
  logFails?: boolean;
}

/** Runs the script where Pulumi, Google Cloud and the front door are ours. Gives what it asked Pulumi to do. */
function rollout(
  args: string[],
  { running, health = 'OK', errors = '', fails, unreadable, logFails }: World,
) {
  const outputs = running
    ? { image: running, canary: 'rector', health: 'https://go.example.com/health/rector' }
    : {};
  fake(
    'npm',
    `case "$*" in
      *"stack output --json"*) ${unreadable ? 'exit 1' : `echo '${JSON.stringify(outputs)}'`};;
      *"config get project"*) echo example-project;;
      ${fails ? `*"${fails}"*) exit 7;;` : ''}
    esac`,
  );
  fake('curl', `printf %s '${health}'`);
  fake('gcloud', logFails ? 'exit 1' : `printf %s '${errors}'`);
  fake('sleep', '');
  const { status, stderr } = spawnSync('bash', ['infra/rollout.sh', ...args], { encoding: 'utf8', env: { PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin` } }); // prettier-ignore
  const calls = existsSync(join(bin, 'calls')) ? readFileSync(join(bin, 'calls'), 'utf8').split('\n') : [];
  const done = calls
    .filter((call) => / (up|preview) /.test(call))
    .map((call) => call.replace('npm run -s infra -- ', ''));
  return { status, stderr, done, calls };
}

const images = (call: string) => /--config image=(\S+) --config canaryImage=(\S+)/.exec(call)!.slice(1);
const [old, fresh] = [image('a'), image('b')];

describe('rollout.sh up', () => {
  it('goes to the canary’s service alone, then, if that is well, everywhere', () => {
    const { status, done, calls } = rollout(['up', 'prod', fresh, '0'], { running: old });
    expect(status).toBe(0);
    expect(done.map(images)).toEqual([
      [old, fresh],
      [fresh, fresh],
    ]);
    expect(done[0]).toContain('--target **$gcp:cloudrunv2/service:Service::postback-rector ');
    expect(done[1]).not.toContain('--target');
    for (const call of done) expect(call).toMatch(/^up --yes .*--stack prod$/);
    expect(calls.findIndex((call) => call.startsWith('curl'))).toBeGreaterThan(
      calls.findIndex((call) => call.includes(' up ')),
    );
  });

  it.each<[string, World]>([
    ['answers something else', { health: 'degraded: a secret is missing' }],
    ['answers nothing', { health: '' }],
    ['has errors in its log', { errors: 'journal' }],
    ['has a log that cannot be read', { logFails: true }],
    ['cannot be deployed', { fails: `canaryImage=${fresh}` }],
  ])('goes back, and ends with 1, if the canary %s', (_, world) => {
    const { status, done, stderr } = rollout(['up', 'prod', fresh, '0'], { running: old, ...world });
    expect(status).toBe(1);
    expect(done.map(images)).toEqual([
      [old, fresh],
      [old, old],
    ]);
    for (const call of done) expect(call).toContain('--target');
    expect(stderr).toContain(`rector is not well: back to ${old}`);
  });

  it('asks the canary for as long as it is told', () => {
    fake(
      'date',
      `case "$*" in *%s*) n=$(cat "${bin}/n" 2>/dev/null || echo 0); echo $((n + 1)) > "${bin}/n"; echo $n;; *) echo 2026-11-24T00:00:00Z;; esac`,
    );
    const { calls } = rollout(['up', 'prod', fresh, '5'], { running: old });
    expect(calls.filter((call) => call.startsWith('curl'))).toHaveLength(5);
  });

  it('does nothing if it cannot be known what runs', () => {
    const { status, done } = rollout(['up', 'prod', fresh], { running: old, unreadable: true });
    expect([status, done]).toEqual([1, []]);
  });

  it('goes everywhere at once where nothing runs yet', () => {
    const { status, done } = rollout(['up', 'prod', fresh], {});
    expect([status, done.map(images)]).toEqual([0, [[fresh, fresh]]]);
  });
});

describe('rollout.sh preview', () => {
  it('shows the change with the image that runs, and does nothing', () => {
    const { status, done } = rollout(['preview', 'prod', fresh], { running: old });
    expect([status, done]).toEqual([0, [`preview --diff --config image=${old} --stack prod`]]);
  });
});
