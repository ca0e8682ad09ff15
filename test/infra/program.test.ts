import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preview } from './engine.ts';
import { exampleConfig } from './mocks.ts';

const image = exampleConfig['linkshare:image'];

/** The compiled program in a repository of its own: infra/ and node_modules are ours, partners/ is a fixture. */
describe('the compiled program, run as `pulumi preview` runs it', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ls-infra-'));
    cpSync('infra/Pulumi.yaml', join(root, 'infra/Pulumi.yaml'), { recursive: true });
    cpSync('package.json', join(root, 'package.json'));
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
    execFileSync(process.execPath, ['.config/build-infra.ts', join(root, 'infra/dist')]);
  });
  afterAll(() => rmSync(root, { recursive: true }));
  const withPartners = (fixture: string) => {
    rmSync(join(root, 'partners'), { recursive: true, force: true });
    cpSync(join('test/infra/fixtures', fixture, 'partners'), join(root, 'partners'), { recursive: true });
    return (config: Record<string, string>) => preview(join(root, 'infra'), { ...exampleConfig, ...config });
  };

  it('loads, and declares the partners that are listed and nothing of a folder that is not', async () => {
    const run = withPartners('.');
    const { code, resources, logged, output } = await run({
      'linkshare:partners': '["plain"]',
      'linkshare:canary': 'plain',
    });
    expect([code, logged.filter(({ severity }) => severity === 'error'), output]).toEqual([0, [], '']);
    const services = resources.filter(({ type }) => type === 'gcp:cloudrunv2/service:Service');
    expect(services.map(({ name }) => name).toSorted()).toEqual(['ledger', 'postback-plain']);
    expect(resources.filter(({ name }) => name.includes('signed'))).toEqual([]);
  });

  it('stops before the first resource at a manifest that is wrong, and says where, of all of them', async () => {
    const { code, resources, logged } = await withPartners('broken')({ 'linkshare:partners': '["typo","folder","absent"]', 'linkshare:canary': 'typo' }); // prettier-ignore
    expect(code).not.toBe(0);
    expect(resources.filter(({ type }) => type !== 'pulumi:pulumi:Stack')).toEqual([]);
    const [error] = logged.filter(({ severity }) => severity === 'error');
    expect(error!.message.split('\n')).toEqual([
      'linkshare:partners names "absent", but there is no folder partners/absent; there are: folder, typo',
      'partners/folder/manifest.yaml:1:5 id: is "other", but its folder is "folder"',
      'partners/typo/manifest.yaml:7:3 fields: unknown key "saleAmout", did you mean "saleAmount"?',
    ]);
  });

  it('stops at a configuration that is wrong, and says what to write where', async () => {
    const { code, logged } = await withPartners('.')({ 'linkshare:image': image.replace(/@.*/, ':v1'), 'linkshare:partners': '["plain"]' }); // prettier-ignore
    expect(code).not.toBe(0);
    const lines = logged.filter(({ severity }) => severity === 'error')[0]!.message.split('\n');
    expect(lines[0]).toMatch(/^infra\/Pulumi\.example\.yaml: linkshare:image names an image by digest/);
    expect(lines[1]).toMatch(/^infra\/Pulumi\.example\.yaml: linkshare:canary is missing/);
    expect(lines).toHaveLength(2);
  });
});
