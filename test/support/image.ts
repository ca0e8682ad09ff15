import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Nobody, as images that run without a user of their own call it. */
const nobody = 65_534;

export interface Image {
  /** The bundle that starts any role. */
  main: string;
  /** With what, where and as whom it runs. */
  as: { node: string; cwd: string; uid?: number };
  remove(): void;
}

/**
 * Builds, and lays out what an image gets of it and nothing else: Node and the bundles, read-only, far from any node_modules. What is
 * started from it runs as a user who may write nothing, where we are root and can become one.
 */
export function makeImage(): Image {
  const folder = mkdtempSync(join(tmpdir(), 'ls-image-'));
  const cwd = join(folder, 'app');
  mkdirSync(cwd);
  execFileSync(process.execPath, ['.config/build.ts', join(cwd, 'dist')]);
  const node = join(folder, 'node');
  copyFileSync(process.execPath, node);
  makeReadOnly(folder);
  const uid = process.getuid?.() === 0 ? { uid: nobody } : {};
  const main = join(cwd, 'dist', 'main.mjs');
  return { main, as: { node, cwd, ...uid }, remove: () => remove(folder) };
}

function makeReadOnly(path: string): void {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) makeReadOnly(join(path, name));
  chmodSync(path, 0o555);
}

/** In a folder that is read-only nothing can be deleted, unless one is root. */
function remove(folder: string): void {
  chmodSync(folder, 0o755);
  for (const each of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    chmodSync(join(folder, each), 0o755);
  rmSync(folder, { recursive: true });
}
