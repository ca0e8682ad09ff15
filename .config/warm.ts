/**
 * `warm.ts MAIN CACHE`, a step of the image's build: runs the gateway once with the image's own Node, at the path where it will run and as
 * the user who will run it, so that Node keeps what it compiled. A compile cache fits that Node, those files and that user alone, and it is
 * written only when a process ends in order (https://nodejs.org/api/module.html#module-compile-cache). Uses nothing but Node: there is no
 * shell and no package where this runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const [main = '', cache = ''] = process.argv.slice(2);

/** Nobody's partner: what it sends is read, cannot be kept, and goes to the journal, so all that a postback needs has been loaded. */
const manifest = {
  id: 'warm',
  name: 'Warm',
  path: '/warm/event',
  verify: [
    { secret: 'token', at: 'token' },
    { none: 'nothing is sold here', until: '2999-12-31' },
  ],
  fields: {
    conversionId: 'id',
    commission: 'payout USD',
    occurredAt: 'time UTC',
    status: { from: 'status', approved: 'ok' },
  },
  deploy: { answerWithin: '2s' },
};

// An address that refuses at once, in place of everything that is Google's: a build has no business there.
const nowhere = '127.0.0.1:9';
const child = spawn(process.execPath, [main, 'gateway'], {
  env: {
    NODE_COMPILE_CACHE: cache,
    PORT: '0',
    HOST: '127.0.0.1',
    MANIFEST: JSON.stringify(manifest),
    GOOGLE_CLOUD_PROJECT: 'warm',
    PUBSUB_EMULATOR_HOST: nowhere,
    SECRET_MANAGER_HOST: nowhere,
    GCE_METADATA_HOST: nowhere,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(child, 'close');
let said = '';
child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));

const url = await listening();
const answers = ['/health/ready', '/warm/event?id=1&payout=1.5&time=2026-01-01T00:00:00Z&status=ok'].map(
  (path) => fetch(url + path).then(({ status }) => status),
);
const statuses = await Promise.all(answers);
child.kill('SIGTERM');
const [code] = (await ended) as [number | null];
if (code !== 0 || statuses.join() !== '200,503')
  throw new Error(`it answered ${statuses.join()} and ended with ${code}:\n${said}`);

// Node keeps them for the user alone who made them; they shall belong to nobody who runs here, and be read by whoever does.
for (const file of readdirSync(cache, { recursive: true, encoding: 'utf8' }))
  chmodSync(join(cache, file), statSync(join(cache, file)).isDirectory() ? 0o555 : 0o444);

const app = size(join(main, '..'));
const compiled = size(cache);
console.log(`bundles ${mb(app)}, compiled ${mb(compiled)}: ${mb(app + compiled)} on top of the base`);

async function listening(): Promise<string> {
  for (const until = Date.now() + 60_000; Date.now() < until;) {
    const [, found] = /"url":"http:\/\/[^:]+(:\d+)"/.exec(said) ?? [];
    if (found) return `http://127.0.0.1${found}`;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`it does not listen:\n${said}`);
}

function size(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
    statSync(join(folder, file)),
  );
  return files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
