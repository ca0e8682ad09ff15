import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder of one test's own, gone after it. Its path is short: Unix sockets ask for that. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
