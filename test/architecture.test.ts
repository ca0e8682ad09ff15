import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom among services/, and which packages the pure ones may use. A newcomer should find the rule here, not in a review. */
const mayImport: Record<string, string[]> = {
  contract: [],
  manifest: ['contract'],
  runtime: ['contract'],
  gateway: ['contract', 'manifest', 'runtime'],
  ledger: ['contract', 'manifest', 'runtime'],
  console: ['contract', 'manifest', 'runtime'],
  linkshare: ['contract', 'runtime'],
  // A partner's report may be TikTok's orders, which linkshare can page.
  sync: ['contract', 'manifest', 'runtime', 'linkshare'],
  // A replay is the gateway's last step, done again; commands ask the ledger.
  cli: ['contract', 'manifest', 'runtime', 'gateway', 'ledger', 'linkshare', 'sync'],
};
const purePackages = [
  'zod',
  'luxon',
  'yaml',
  'lossless-json',
  'ipaddr.js',
  'node:crypto',
  'node:fs',
  'node:path',
];

const sources = readdirSync('services', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('services', file));
const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s+'([^']+)'/g)].map((match) => match[1]!);
const folderOf = (file: string) => (file.split('/').length > 2 ? file.split('/')[1]! : 'root');

describe('services/', () => {
  it.each(sources.filter((file) => folderOf(file) !== 'root'))(
    '%s imports only what its folder may',
    (file) => {
      const folder = folderOf(file);
      expect(mayImport).toHaveProperty(folder);
      for (const target of importsOf(file).filter((name) => name.startsWith('.'))) {
        const other = folderOf(normalize(join(dirname(file), target)));
        if (other !== folder) expect(mayImport[folder], `${file} imports ${target}`).toContain(other);
      }
    },
  );

  it('keeps contract and manifest pure: no network, no express, no cloud', () => {
    for (const file of sources.filter((name) => ['contract', 'manifest'].includes(folderOf(name))))
      for (const name of importsOf(file).filter((each) => !each.startsWith('.')))
        expect(purePackages, file).toContain(name);
  });

  // A connector is how one network's report is fetched: it is named after it, and so is its line in the list of them. Nothing else is.
  const isConnector = (file: string) =>
    file.startsWith('services/sync/connectors/') || file === 'services/manifest/connectors.ts';

  it('names no partner in code', () => {
    const partners = readdirSync('partners', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const file of sources.filter((name) => !isConnector(name))) {
      // Comments and texts for people may say how a network does a thing; code may not know it.
      const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      for (const { name } of partners)
        expect(new RegExp(`\\b${name}\\b`, 'i').test(code), `${file} names ${name}`).toBe(false);
    }
  });

  it('touches the process in main.ts alone', () => {
    for (const file of sources.filter((name) => name !== 'services/main.ts'))
      expect(/process\.(exit|argv|env|on)\b/.test(readFileSync(file, 'utf8')), file).toBe(false);
  });
});

describe('infra/', () => {
  const files = readdirSync('infra', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('infra', file));
  const packages = ['@pulumi/pulumi', 'zod', 'node:fs', 'node:path'];

  it.each(files)('%s imports of services/ the manifest alone', (file) => {
    const targets = importsOf(file).filter((name) => name.startsWith('.'));
    for (const target of targets.map((name) => normalize(join(dirname(file), name))))
      expect(target, file).toMatch(/^(infra|services\/manifest)\//);
  });

  it('uses few packages, and of @pulumi/gcp the files that it needs: the whole takes a minute to load', () => {
    for (const file of files)
      for (const name of importsOf(file).filter((each) => !each.startsWith('.') && !packages.includes(each)))
        expect(name, file).toMatch(/^@pulumi\/gcp\/([a-z0-9]+\/\w+|provider)\.js$/);
  });

  it('names no partner, and leaves the process alone', () => {
    const partners = readdirSync('partners', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const file of files) {
      const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect(/process\.(exit|argv|env|on)\b/.test(code), file).toBe(false);
      for (const { name } of partners)
        expect(new RegExp(`\\b${name}\\b`, 'i').test(code), `${file} names ${name}`).toBe(false);
    }
  });
});
