/** Who is compared: each is built into a folder outside the repository and run in a process of its own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { manifest } from './postbacks.ts';
import type { Hosts } from './standins.ts';

export interface Subject {
  name: string;
  /** Arguments of node. */
  args: string[];
  env: NodeJS.ProcessEnv;
}

export type SubjectName =
  | 'the gateway'
  | 'the gateway, readable'
  | 'express handler'
  | 'handler, bundled'
  | 'Functions Framework'
  | 'floor';

/**
 * How the image starts it. V8 sizes the space of what is new by the machine's memory, 32 MB where there is plenty, and what 256
 * requests leave behind then takes 100 MB more than it need, for nothing: half of it is as fast.
 */
const asTheImage = ['--max-semi-space-size=16'];

/** Builds all of them; `remove` deletes what was built. */
export async function buildSubjects(hosts: Hosts) {
  const folder = mkdtempSync(join(tmpdir(), 'linkshare-bench-'));
  const remove = () => rmSync(folder, { recursive: true });
  try {
    await buildInto(folder);
  } catch (error) {
    remove();
    throw error;
  }
  return { subjects: subjectsIn(folder, hosts), remove };
}

async function buildInto(folder: string): Promise<void> {
  for (const part of ['unbundled', 'bundled']) mkdirSync(join(folder, part));
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'unbundled/package.json'), '{ "type": "module", "main": "functions.js" }');
  // "Unbundled" is JavaScript too: stripping types at the start would not be fair.
  await compile(join(folder, 'unbundled'), ['handler', 'functions'], { packages: 'external' });
  await compile(join(folder, 'bundled'), ['handler', 'floor'], {
    banner: { js: commonJs },
    outExtension: { '.js': '.mjs' },
  });
  const bundle = (name: string, ...form: string[]) =>
    execFileSync(process.execPath, ['.config/build.ts', join(folder, name), ...form]);
  bundle('gateway');
  bundle('readable', 'readable');
}

/** What packages written for require() ask for by name. */
const commonJs = `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const [__filename, __dirname] = [import.meta.filename, import.meta.dirname];`;

const compile = (outdir: string, names: string[], options: Parameters<typeof build>[0]) =>
  build({
    entryPoints: names.map((name) => `test/bench/subjects/${name}.ts`),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
    ...options,
  });

function subjectsIn(folder: string, hosts: Hosts): Record<SubjectName, Subject> {
  // What a container would have: nothing of who runs the bench.
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', METADATA_SERVER_DETECTION: 'none', ...hosts };
  const subject = (name: SubjectName, args: string[], more = {}) => ({
    name,
    args,
    env: { ...env, ...more },
  });
  const framework = join(folder, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
  const gateway = (part: string) => [...asTheImage, join(folder, part, 'main.mjs'), 'gateway'];
  const settings = {
    MANIFEST: JSON.stringify(manifest),
    GOOGLE_CLOUD_PROJECT: 'bench',
    HOST: '127.0.0.1',
  };
  const all = [
    subject('the gateway', gateway('gateway'), settings),
    subject('the gateway, readable', gateway('readable'), settings),
    subject('express handler', [join(folder, 'unbundled/handler.js')]),
    subject('handler, bundled', [join(folder, 'bundled/handler.mjs')]),
    subject('Functions Framework', [framework, `--source=${join(folder, 'unbundled')}`, '--target=postback']),
    subject('floor', [join(folder, 'bundled/floor.mjs')]),
  ];
  return Object.fromEntries(all.map((each): [string, Subject] => [each.name, each])) as Record<
    SubjectName,
    Subject
  >;
}
