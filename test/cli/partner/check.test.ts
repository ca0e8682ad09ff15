import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ending, shop, shopSale, withPartners } from '../../support/cli.ts';

const sale = { 'shop/manifest.yaml': shop, 'shop/examples/200-sale.yaml': shopSale };
const check = (env: NodeJS.ProcessEnv, ...args: string[]) => ending(env, ['partner', 'check', ...args]);

describe('partners that are not there', () => {
  it.each(['shpo', '../shop', '..', ''])('the id %j is unknown: it names those there are', async (id) => {
    const { code, failed } = await check(withPartners(), id);
    expect(code).toBe(2);
    expect(failed).toMatch(new RegExp(`^there is no partner "${id}" in .*; there are: shop$`));
  });

  it('a folder that is not there, or that holds no partner', async () => {
    expect((await check({ PARTNERS_DIR: '/nowhere' })).failed).toBe('/nowhere: there is no such folder');
    expect(await check(withPartners({}))).toMatchObject({ code: 1, failed: expect.stringContaining('no folder in it holds a manifest.yaml') }); // prettier-ignore
  });
});

describe('problems', () => {
  it('are told with file:line:column, in all manifests and in all examples', async () => {
    const env = withPartners({
      'other/manifest.yaml': shop.replaceAll('shop', 'other').replace('conversionId', 'conversoinId'),
      'other/examples/200-a.yaml': shopSale.replace('request', 'reqeust'),
      ...sale,
      'shop/examples/200-b.yaml': shopSale.replace('outcome', 'outcom'),
      'shop/examples/200-c.yaml': 'request: [',
      'shop/examples/200-d.yaml': shopSale.replace('query:', 'same: 200-b, query:'),
      'shop/examples/200-e.yaml': shopSale.replace('query:', 'same: 200-none, query:'),
    });
    const { code, out, err, failed } = await check(env);
    const told = err.join('\n').replaceAll(`${env.PARTNERS_DIR}/`, '');
    expect({ code, failed, out }).toEqual({
      code: 1,
      failed: '5 problems',
      out: ['other: 2 problems, 0 examples', 'shop: 3 problems, 0 examples'],
    });
    expect(told).toContain('problem other/manifest.yaml:6:3 fields: unknown key "conversoinId", did you mean "conversionId"?'); // prettier-ignore
    expect(told).toContain('problem other/examples/200-a.yaml:1:1 unknown key "reqeust"');
    expect(told).toContain('problem shop/examples/200-b.yaml:2:24 expect: unknown key "outcom"');
    expect(told).toContain('problem shop/examples/200-c.yaml:1:11 ');
    expect(told).toContain('problem shop/examples/200-e.yaml:1:18 request.same: "200-none" is no example');
  });

  const failing = (text: string) => withPartners({ ...sale, 'shop/examples/200-x.yaml': text });
  it.each([
    ['another status and outcome', shopSale.replace('=ok', '=huh'), '200-x.yaml:2:33 outcome: expected "kept", got "quarantined": status is a word this manifest does not know ("huh")'],
    ['a refusal', shopSale.replace('{secret.postback-token}', 'x'), '200-x.yaml:2:33 outcome: expected "kept", got "refused": brings a wrong secret'],
    ['another event', shopSale.replace('kept }', 'kept, events: [{ conversionId: 2 }] }'), '200-x.yaml:2:64 events.0.conversionId: expected "2", got "1"'],
    ['another answer', shopSale.replace('kept }', 'kept, body: DUP }'), '200-x.yaml:2:45 body: expected "DUP", got "OK"'],
    ['other reasons', shopSale.replace('=ok', '=huh').replace('200', '202').replace('kept }', 'quarantined, reasons: [{ field: conversionId }] }'), '200-x.yaml:2:65 reasons.0.field: expected "conversionId", got "status"'],
    ['a name that says another status', shopSale.replace('kept', 'refused').replace('200', '401').replace('{secret.postback-token}', 'x'), '200-x.yaml:2:19 the file shows a 401: its name begins with that'],
    ['a path that is not theirs', shopSale.replace('query', 'path: /x, query'), 'outcome: expected "kept", got nothing: /x is no path of shop'],
    ['an example to send first that is not there', `after: [200-none]\n${shopSale}`, '200-x.yaml:1:8 there is no example "200-none" to send first'],
    ['a signature that nobody here can make', shopSale.replace('id=1', 'id=1&x={signature}'), '200-x.yaml:1:10 shop: only they can make this signature'],
  ])('an example that comes out otherwise: %s', async (_, text, problem) => {
    const { code, err } = await check(failing(text), 'shop');
    expect(code).toBe(1);
    expect(err.join('\n')).toContain(problem);
    expect(err.join('\n')).toContain('see why: npm run -s linkshare -- partner try shop 200-x');
  }); // prettier-ignore
});

describe('no problems', () => {
  it('says of each what it is, warns, and makes nothing', async () => {
    const env = withPartners(sale);
    const { code, out, err } = await check(env);
    expect({ code, out }).toEqual({ code: 0, out: ['shop: 2 warnings, 1 example'] });
    expect(err).toContainEqual(expect.stringContaining('shop/manifest.yaml:1:5 no example shows that a stranger is refused')); // prettier-ignore
    expect(existsSync(env.DATA_DIR)).toBe(false);
  });

  it('a second example may be a repeat of the first, and two partners of one path are told', async () => {
    const { err } = await check(
      withPartners({
        ...sale,
        'shop/examples/200-repeat.yaml': `after: [200-sale]\n${shopSale.replace('kept', 'repeat')}`,
        'shop/examples/202-status.yaml': shopSale.replace('=ok', '=huh').replace('200', '202').replace('kept', 'quarantined'), // prettier-ignore
        'shop/examples/401-token.yaml': shopSale.replace('{secret.postback-token}', 'x').replace('200', '401').replace('kept', 'refused'), // prettier-ignore
        'other/manifest.yaml': shop.replace('id: shop', 'id: other').replace('/shop', '/other'),
      }),
      'shop',
    );
    expect(err).toEqual([expect.stringContaining('"other" is Shop, too')]);
  });

  it('tells scripts in JSON', async () => {
    const fine = await check(withPartners(sale), '--json');
    expect(JSON.parse(fine.out.join(''))).toMatchObject([{ id: 'shop', examples: 1, problems: [], warnings: [{}, {}].map(() => expect.any(String)) }]); // prettier-ignore
    const broken = await check(withPartners({ 'shop/manifest.yaml': 'id: shop' }), '--json');
    expect(broken).toMatchObject({ code: 1, failed: '', err: [] });
    expect(JSON.parse(broken.out.join(''))[0].problems.length).toBeGreaterThan(0);
  });
});

it('every shipped partner is fine', async () => {
  expect(await check({})).toMatchObject({ code: 0 });
});
