import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRole } from '../support/process.ts';

const text = readFileSync('services/Dockerfile', 'utf8').replace(/^#.*\n/gm, '');
const lines = text.split('\n').filter((line) => line.trim() !== '');
const stages = text.split(/^FROM /m).slice(1).map((stage) => stage.split('\n').filter(Boolean)); // prettier-ignore
const last = stages.at(-1)!;
const ignored = readFileSync('.dockerignore', 'utf8').split('\n').filter((line) => line && !line.startsWith('#')); // prettier-ignore
const nonroot = 65_532;

describe('services/Dockerfile', () => {
  it('names each base once, as an argument with a version, so that a digest can be given', () => {
    const bases = Object.fromEntries(
      [...text.matchAll(/^ARG (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    for (const [from] of stages) expect(bases).toHaveProperty(/^\$\{(\w+)\}/.exec(from!)![1]!);
    for (const base of Object.values(bases)) expect(base).toMatch(/^(?=.*24).*:(?!latest)[\w.-]+$/);
  });

  it('copies only what is there and what .dockerignore lets through', () => {
    expect(ignored[0]).toBe('*');
    const copied = lines.filter((line) => line.startsWith('COPY ') && !line.includes('--from=')).flatMap((line) => line.split(' ').filter((word) => !word.startsWith('--')).slice(1, -1)); // prettier-ignore
    for (const path of copied) {
      expect(existsSync(path), path).toBe(true);
      expect(
        ignored.some((line) => line === `!${path.split('/')[0]}`),
        path,
      ).toBe(true);
    }
    expect(ignored.filter((line) => line.startsWith('!')).toSorted()).toEqual([...new Set(copied.map((path) => `!${path.split('/')[0]}`))].toSorted()); // prettier-ignore
  });

  it('ends in an image without a shell, run as nobody, whose files are root’s', () => {
    expect(last[0]).toBe('${RUN_BASE}');
    expect(last).toContain(`USER ${nonroot}:${nonroot}`);
    expect(last.filter((line) => line.startsWith('RUN'))).toEqual([]);
    const copies = last.filter((line) => line.startsWith('COPY'));
    expect(copies.map((line) => line.split(' ').at(-1))).toEqual(['/app/dist', '/app/cache']);
    for (const line of copies) expect(line).toContain('--chown=0:0');
  });

  it('compiles at the final path, with the Node and as the user that will run it', () => {
    const warm = stages.find(([from]) => from!.endsWith(' AS warm'))!;
    expect(warm[0]).toBe('${RUN_BASE} AS warm');
    expect(warm).toContain(`USER ${nonroot}:${nonroot}`);
    expect(warm.at(-1)).toBe('RUN ["/nodejs/bin/node", "/warm/warm.ts", "/app/dist/main.mjs", "/app/cache"]');
    expect(last).toContain('ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/cache');
    expect(last).toContain('ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.mjs"]');
  });
});

/** Its steps, done here without Docker: the same commands, far from any node_modules, as the same user where we are root. */
describe('what its steps make', () => {
  const uid = process.getuid?.() === 0 ? { uid: nonroot } : {};
  let root: string;
  let bundles: string;
  let told: string;
  const at = (path: string) => join(root, path);
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ls-dockerfile-'));
    chmodSync(root, 0o755);
    bundles = execFileSync(process.execPath, ['.config/build.ts', at('app/dist')], { encoding: 'utf8' });
    mkdirSync(at('app/cache'));
    if (uid.uid !== undefined) chownSync(at('app/cache'), nonroot, nonroot);
    copyFileSync('.config/warm.ts', at('warm.ts'));
    copyFileSync(process.execPath, at('node'));
    told = execFileSync(at('node'), [at('warm.ts'), at('app/dist/main.mjs'), at('app/cache')], { ...uid, encoding: 'utf8' }); // prettier-ignore
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('is at most 10 MB on top of the base, as far as the gateway needs it', () => {
    const gateway = Number(/^gateway: \d+ bundles, ([\d.]+) MB/m.exec(bundles)![1]);
    const compiled = Number(/compiled ([\d.]+) MB/.exec(told)![1]);
    expect(gateway).toBeGreaterThan(1);
    expect(gateway + compiled).toBeLessThanOrEqual(10);
  });

  it('can be read and not written by who runs it', () => {
    const files = readdirSync(at('app/cache'), { recursive: true, encoding: 'utf8' });
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) expect(statSync(at(`app/cache/${file}`)).mode & 0o222, file).toBe(0);
  });

  it('starts with what was compiled: all that a start loads is taken from the cache', async () => {
    const server = await startRole(
      'gateway',
      {
        ...{ NODE_COMPILE_CACHE: at('app/cache'), NODE_DEBUG_NATIVE: 'COMPILE_CACHE', NODE_OPTIONS: '' },
        MANIFEST: JSON.stringify({ id: 'some', name: 'X', path: '/some', verify: { secret: 's', at: 's' }, fields: { conversionId: 'id', status: { from: 's', approved: 'ok' } } }), // prettier-ignore
        ...{
          GOOGLE_CLOUD_PROJECT: 'x',
          PUBSUB_EMULATOR_HOST: '127.0.0.1:9',
          SECRET_MANAGER_HOST: '127.0.0.1:9',
        },
      },
      at('app/dist/main.mjs'),
      { node: at('node'), cwd: at('app'), ...uid },
    );
    expect(await server.end('SIGTERM')).toBe(0);
    const accepted = [...server.output().matchAll(/V8 code cache for ESM (\S+) was (\w+)/g)];
    expect(accepted.length).toBeGreaterThan(5);
    expect(accepted.filter(([, , verdict]) => verdict !== 'accepted')).toEqual([]);
    expect(server.output()).not.toMatch(/reading cache from .*no such file/);
  });
});
