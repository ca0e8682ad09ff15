import { basename } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPartners, partnerFolders } from '../../services/manifest/load/load.ts';
import { flat } from './inventory.ts';
import { deployed, key, type Declared, type Deployed } from './mocks.ts';

const shipped = partnerFolders('partners').map((folder) => basename(folder));
const called = loadPartners('partners').flatMap(({ id, receives }) => (receives ? id : []));
let stack: Deployed;
beforeAll(async () => {
  stack = await deployed('.', shipped);
});
const of = (type: string): Declared[] => stack.resources.filter((each) => each.type.endsWith(`:${type}`));

describe('what runs', () => {
  it('is named by digest, and nothing is called latest', () => {
    for (const each of stack.resources) {
      for (const { image } of each.inputs.template?.containers ?? [])
        expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
      for (const { image } of each.inputs.template?.template?.containers ?? [])
        expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
      const { MANIFEST: _, ...rest } = each.inputs;
      if (!each.type.startsWith('gcp:cloudrunv2/')) expect(flat(rest), key(each)).not.toMatch(/latest/i);
    }
  });

  it('holds data that a deploy cannot delete, in production', async () => {
    const guarded = ['Topic', 'Table', 'Secret', 'Dataset', 'DatabaseInstance', 'Database'];
    const address = of('GlobalAddress').filter(({ name }) => name === 'address');
    const own = guarded.flatMap(of).filter(({ type }) => type.startsWith('gcp:'));
    for (const each of [...own, ...address]) expect(each.protect, key(each)).toBe(true);
    for (const each of ['Table', 'Secret', 'Service', 'DatabaseInstance']
      .flatMap(of)
      .filter(({ type }) => !type.startsWith('gcp:monitoring')))
      expect(each.inputs.deletionProtection, key(each)).toBe(true);
    const trial = await deployed('.', shipped, { 'linkshare:production': 'false' });
    for (const each of trial.resources)
      expect([each.protect, each.inputs.deletionProtection ?? false]).toEqual([false, false]);
  });

  it('only a partner that is being retired loses its protection', async () => {
    const [leaves = '', ...stay] = called;
    const { resources } = await deployed('.', shipped, { 'linkshare:retiring': JSON.stringify([leaves]) });
    const services = resources.filter(({ type }) => type === 'gcp:cloudrunv2/service:Service');
    const guarded = services.filter(({ inputs }) => inputs.deletionProtection).map(({ name }) => name);
    expect(guarded).toEqual(['ledger', ...stay.map((id) => `postback-${id}`)]);
  });

  it('gets a new image at the canary first', async () => {
    const image = `example.com/linkshare@sha256:${'b'.repeat(64)}`;
    const { resources, outputs } = await deployed('.', shipped, {
      'linkshare:canary': shipped[1]!,
      'linkshare:canaryImage': image,
    });
    const runs = resources.filter(({ type }) => type === 'gcp:cloudrunv2/service:Service' ).filter(({ inputs }) => inputs.template.containers[0].image === image); // prettier-ignore
    expect(runs.map(({ name }) => name)).toEqual([`postback-${shipped[1]}`]);
    expect(outputs).toMatchObject({ canary: shipped[1], canaryImage: image });
  });
});
