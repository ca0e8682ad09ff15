import { expect, it } from 'vitest';
import { inventory } from './inventory.ts';
import { deployed } from './mocks.ts';

const fixtures = 'test/infra/fixtures';

// Renew it with `npm test -- test/infra/inventory.test.ts -u`, and read the difference as what the next `pulumi up` will do.
it('a stack of two partners that call us and one with a report is these resources, and no other', async () => {
  const { resources } = await deployed(fixtures, ['plain', 'reported', 'signed']);
  await expect(inventory(resources)).toMatchFileSnapshot('fixtures/inventory.txt');
});

it('another region adds a service and a group of endpoints for each partner, and nothing else', async () => {
  const one = await deployed(fixtures, ['plain', 'signed']);
  const two = await deployed(fixtures, ['plain', 'signed'], {
    'linkshare:standbyRegions': '["europe-west1"]',
  });
  const before = new Set(one.resources.map(({ type, name }) => `${type} ${name}`));
  const added = two.resources.filter(({ type, name }) => !before.has(`${type} ${name}`));
  expect(added.map(({ type, name }) => [type.split(':').at(-1), name])).toEqual(
    ['Service', 'RegionNetworkEndpointGroup'].flatMap((type) => [
      [type, 'postback-plain-europe-west1'],
      [type, 'postback-signed-europe-west1'],
    ]),
  );
  for (const { inputs } of added) {
    expect(inputs.location ?? inputs.region).toBe('europe-west1');
    expect(inputs.name).toMatch(/^postback-(plain|signed)$/);
  }
});
