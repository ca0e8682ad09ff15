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
  /** What the ledger runs; nothing where there is none. */
  ledger?: string;
  health?: string;
  errors?: string;
  ledgerErrors?: string;
  /** A part of the call to Pulumi that fails. */
  fails?: string;
  /** Pulumi's state cannot be read. */
  unreadable?: boolean;
  logFails?: boolean;
}

/** Runs the script where Pulumi, Google Cloud and the front door are ours. Gives what it asked Pulumi to do. */
function rollout(
  args: string[],
  { running, ledger = '', health = 'OK', errors = '', ledgerErrors = '', fails, unreadable, logFails }: World,
) {
  const outputs = running
    ? {
        image: running,
        ledgerImage: ledger,
        canary: 'rector',
        health: 'https://go.example.com/health/rector',
      }
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
  fake(
    'gcloud',
    logFails
      ? 'exit 1'
      : `case "$*" in *'service_name="ledger"'*) printf %s '${ledgerErrors}';; *) printf %s '${errors}';; esac`,
  );
  fake('sleep', '');
  const { status, stderr } = spawnSync('bash', ['infra/rollout.sh', ...args], { encoding: 'utf8', env: { PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin` } }); // prettier-ignore
  const calls = existsSync(join(bin, 'calls')) ? readFileSync(join(bin, 'calls'), 'utf8').split('\n') : [];
  const done = calls
    .filter((call) => / (up|preview) /.test(call))
    .map((call) => call.replace('npm run -s infra -- ', ''));
  return { status, stderr, done, calls };
}

const images = (call: string) => /--config image=(\S+) --config canaryImage=(\S+)/.exec(call)!.slice(1);
const ledgerOf = (call: string) => /--config ledgerImage=(\S+)/.exec(call)![1];
const targetsOf = (call: string) => [...call.matchAll(/--target \*\*\$gcp:cloudrunv2\/(?:service|job):(\S+)/g)].map(([, name]) => name); // prettier-ignore
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

describe('rollout.sh up, where there is a ledger', () => {
  it('goes to the ledger and its tables first, since an older one would not read what newer gateways write', () => {
    const { status, done, calls } = rollout(['up', 'prod', fresh, '0'], { running: old, ledger: old });
    expect(status).toBe(0);
    expect(done.map((call) => [...images(call), ledgerOf(call)])).toEqual([
      [old, old, fresh],
      [old, fresh, fresh],
      [fresh, fresh, fresh],
    ]);
    expect(done.map(targetsOf)).toEqual([
      ['Job::linkshare-migrate', 'Service::ledger', 'Job::linkshare-cli'],
      ['Service::postback-rector', 'Service::postback-rector-*'],
      [],
    ]);
    const looks = calls.filter((call) => call.startsWith('gcloud'));
    expect(looks.map((call) => /service_name="([^"]+)"/.exec(call)![1])).toEqual([
      'ledger',
      'postback-rector',
    ]);
  });

  it.each<[string, World]>([
    ['has errors in its log', { ledgerErrors: 'poison' }],
    ['cannot be deployed', { fails: `ledgerImage=${fresh}` }],
  ])('goes back, touches no gateway and no table, and ends with 1, if the ledger %s', (_, world) => {
    const { status, done, stderr } = rollout(['up', 'prod', fresh, '0'], { running: old, ledger: old, ...world }); // prettier-ignore
    expect(status).toBe(1);
    expect(done.map((call) => [...images(call), ledgerOf(call)])).toEqual([
      [old, old, fresh],
      [old, old, old],
    ]);
    expect(targetsOf(done[1]!)).toEqual(['Service::ledger', 'Job::linkshare-cli']);
    expect(stderr).toContain(`the ledger is not well: back to ${old}`);
  });

  it('leaves the ledger where it is if only the canary is not well: it reads what both write', () => {
    const { status, done } = rollout(['up', 'prod', fresh, '0'], { running: old, ledger: old, health: '' });
    expect(status).toBe(1);
    expect(done.map((call) => [...images(call), ledgerOf(call)])).toEqual([
      [old, old, fresh],
      [old, fresh, fresh],
      [old, old, fresh],
    ]);
    expect(targetsOf(done[2]!)).not.toContain('Service::ledger');
    const again = rollout(['preview', 'prod', fresh], { running: old, ledger: fresh });
    expect(again.done.at(-1)).toContain(`--config image=${old} --config ledgerImage=${fresh}`);
  });
});

describe('rollout.sh preview', () => {
  it('shows the change with the image that runs, and does nothing', () => {
    const { status, done } = rollout(['preview', 'prod', fresh], { running: old });
    expect([status, done]).toEqual([
      0,
      [`preview --diff --config image=${old} --config ledgerImage=${old} --stack prod`],
    ]);
  });
});
