import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ending, shop, shopSale, withPartners } from '../../support/cli.ts';

const files = {
  'shop/manifest.yaml': shop,
  'shop/examples/200-sale.yaml': shopSale,
  'shop/examples/202-status.yaml': shopSale.replace('=ok', '=huh').replace('200', '202').replace('kept', 'quarantined'),
}; // prettier-ignore
const tried = (env: NodeJS.ProcessEnv, ...args: string[]) => ending(env, ['partner', 'try', ...args]);
const url = (query: string) => `https://go.example.com/shop/event?${query}`;

/** An environment in which the secret has a value. */
function withSecret(value = 'sesame') {
  const env = withPartners(files);
  const file = join(env.DATA_DIR, 'secrets/shop/postback-token');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
  return env;
}

describe('wrong use', () => {
  it.each([
    [['shpo'], 'there is no partner "shpo"'],
    [
      ['shop', '200-slae'],
      'shop has no example "200-slae", and there is no such file; did you mean 200-sale?',
    ],
    [['shop', 'x'], 'its examples: 200-sale, 202-status'],
    [['shop', '200-sale', '--url', url('id=1')], 'give one request'],
    [['shop', '--url', url('id=1'), '--curl', 'curl x'], 'give one request'],
    [['shop', '--url', '/shop/event'], '--url "/shop/event" is no address'],
    [
      ['shop', '--url', 'https://go.example.com/other?id=1'],
      '/other is no path of shop: they call /shop/event',
    ],
    [['shop', '--curl', 'wget http://x/'], '--curl: this is no curl line'],
    [['shop', '--curl', "curl 'http://x/"], "a quote (') is not closed"],
    [['shop', '--now', 'today'], 'It is like 2026-11-24T09:30:00Z.'],
    [['shop', 'package.json'], 'package.json: no request is in this JSON'],
  ])('%j', async (args, why) => {
    const { code, failed } = await tried(withPartners(files), ...args);
    expect({ code, failed }).toEqual({ code: 2, failed: expect.stringContaining(why) });
  });

  it('a manifest that does not load is a problem', async () => {
    const { code, failed } = await tried(withPartners({ 'shop/manifest.yaml': 'id: [' }), 'shop');
    expect({ code, failed }).toEqual({
      code: 1,
      failed: expect.stringMatching(/shop\/manifest\.yaml:1:\d+ /),
    });
  });
});

describe('examples', () => {
  it('all in short', async () => {
    expect(await tried(withPartners(files), 'shop')).toMatchObject({
      code: 0,
      out: ['✓ 200-sale    200 kept', '✓ 202-status  202 quarantined: status is a word this manifest does not know ("huh")'],
    }); // prettier-ignore
    expect((await tried(withPartners(), 'shop')).out).toEqual(['shop has no examples yet']);
  });

  it('one that comes out otherwise ends with 1', async () => {
    const env = withPartners({ ...files, 'shop/examples/200-x.yaml': shopSale.replace('kept', 'probe') });
    expect(await tried(env, 'shop')).toMatchObject({ code: 1, failed: '', out: expect.arrayContaining(['✗ 200-x       200 kept', '  outcome: expected "probe", got "kept"']) }); // prettier-ignore
    const { code, out } = await tried(env, 'shop', '200-x');
    expect([code, out.at(-1)]).toEqual([1, 'but       outcome: expected "probe", got "kept"']);
  });

  it.each(['200-sale', 'partners/shop/examples/200-sale.yaml'])('%s step by step', async (name) => {
    const { code, out } = await tried(withPartners(files), 'shop', name);
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(
      /^shop 200-sale as if it came at 2026-11-24T00:00:00.000Z; nothing is published\nread {6}GET \/shop\/event\?token=\*\*\*&id=1&status=ok\n/,
    );
    expect(out).toContain('verified  ✓ passed: the secret postback-token at token');
    expect(out).toContain('mapped    status        status "ok"  → "approved"');
    expect(out).toContain('          conversionId  id "1"       → "1"');
    expect(out).toContain('outcome   kept, 1 event');
    expect(out).toContain('answered  200 OK');
    expect(out.join('\n')).toMatch(/event {5}\{\n {12}"version": 1,/);
  });
});

describe('captured requests', () => {
  it('are kept with the live secret, which is not shown, and nothing is made', async () => {
    const env = withSecret();
    const { code, out } = await tried(env, 'shop', '--url', url('token=sesame&id=1&status=ok'));
    expect([code, out.join('\n')]).toEqual([0, expect.stringContaining('outcome   kept, 1 event')]);
    expect(out.join('\n')).not.toContain('sesame');
    expect(existsSync(join(env.DATA_DIR, 'database'))).toBe(false);
  });

  it('end with 1 where they would be refused or quarantined, and are explained all the same', async () => {
    const env = withSecret();
    const refused = await tried(env, 'shop', '--curl', `curl -G '${url('token=nope')}' -d id=1 -d status=ok`);
    expect(refused).toMatchObject({ code: 1, failed: '' });
    expect(refused.out).toContain('outcome   refused: brings a wrong secret');
    expect(refused.out).toContain('mapped    as it would be, were it theirs');
    expect(refused.out).toContain('          status        status "ok"  → "approved"');
    const quarantined = await tried(env, 'shop', '--url', url('token=sesame&id=1&status=huh'));
    expect(quarantined.code).toBe(1);
    expect(quarantined.out).toContain('mapped    status        status "huh"  ✗ is a word this manifest does not know'); // prettier-ignore
  });

  it('say which secret has no value yet, and do not make it', async () => {
    const env = withPartners(files);
    const { code, out } = await tried(env, 'shop', '--url', url('token=x&id=1&status=ok'));
    expect(code).toBe(1);
    expect(out.join('\n')).toContain('npm run -s linkshare -- partner url shop makes one');
    expect(existsSync(env.DATA_DIR)).toBe(false);
  });

  it('in a file: a record of ours is read again with the verdict it had', async () => {
    const env = withPartners(files);
    const raw = { method: 'GET', path: '/shop/event', query: 'token=***&id=1&status=ok', headers: {} };
    const file = join(env.PARTNERS_DIR, 'line.json');
    writeFileSync(file, JSON.stringify({ receivedAt: '2026-11-20T00:00:00.000Z', verified: true, raw }));
    const { code, out } = await tried(env, 'shop', file, '--json');
    const told = JSON.parse(out.join(''));
    expect([code, told.result.outcome, told.decision.events[0]]).toMatchObject([0, 'kept', { verified: true, receivedAt: '2026-11-20T00:00:00.000Z' }]); // prettier-ignore
    writeFileSync(file, JSON.stringify({ receivedAt: '2026-11-20T00:00:00.000Z', conversionId: '1', why: 'x', raw })); // prettier-ignore
    expect(await tried(env, 'shop', file)).toMatchObject({ code: 1 });
  });
});
