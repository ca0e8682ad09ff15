import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ending, withPartners } from '../../support/cli.ts';

const learn = (env: NodeJS.ProcessEnv, ...args: string[]) => ending(env, ['partner', 'learn', ...args]);
const sale =
  'https://x.com/p?transaction_id=TX-9&payout=2.5&currency=USD&status=Approved&sub1=MKK&key=s3cret';

describe('wrong use', () => {
  it.each([
    [['nova'], "missing required argument 'request'"],
    [['nova', 'hello'], '"hello" is no captured request'],
    [['nova', '/nowhere/file'], '"/nowhere/file" is no captured request'],
    [['nova', 'curl -F a=b http://x/'], 'multipart'],
    [['nova', 'https://x.com/'], 'there is nothing to learn from it'],
    [['nova', 'https://x.com/?a=b'], 'nothing in it looks like the id of a sale'],
    [['No', sale], 'an id is 2 to 19 of a-z'],
    [['nova', sale, '--zone', 'Mars/Base'], 'It is like Asia/Kuala_Lumpur.'],
    [['nova', sale, '--currency', 'XYZ'], 'It is like USD.'],
    [['shop', sale, '--write'], 'is there already'],
  ])('%j', async (args, why) => {
    const env = withPartners();
    const { code, failed } = await learn(env, ...args);
    expect({ code, failed }).toEqual({ code: 2, failed: expect.stringContaining(why) });
    expect(existsSync(join(env.PARTNERS_DIR, 'shop/examples'))).toBe(false);
  });
});

describe('a proposal', () => {
  it('is printed, with what is to be confirmed beside it, and written only if asked', async () => {
    const env = withPartners({});
    const { code, out, err } = await learn(env, 'nova', sale);
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/id: nova\nname: Nova\nstage: test\n[^]*conversionId: transaction_id\n/);
    expect(err.join('\n')).toContain('nova: by this manifest that request is kept');
    expect(err.join('\n')).toContain('? sub1 names the publisher');
    expect(readdirSync(env.PARTNERS_DIR)).toEqual([]);
    expect([...out, ...err].join('\n')).not.toContain('s3cret');
  });

  it('written, passes check at once, and its first example is the request', async () => {
    const env = withPartners({});
    expect(await learn(env, 'nova', sale, '--write', '--name', 'Super Nova')).toMatchObject({
      code: 0,
      out: [],
    });
    expect(await ending(env, ['partner', 'check'])).toMatchObject({
      code: 0,
      out: ['nova: fine, 5 examples'],
    });
    for (const file of readdirSync(join(env.PARTNERS_DIR, 'nova/examples')))
      expect(readFileSync(join(env.PARTNERS_DIR, 'nova/examples', file), 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/example\.schema\.json\n/); // prettier-ignore
    const { out } = await ending(env, ['partner', 'try', 'nova', '200-first-request']);
    expect(out.join('\n')).toContain(
      'transaction_id=TX-9&payout=2.5&currency=USD&status=Approved&sub1=MKK&key=***',
    );
  });

  it('of an address with macros says that no request was seen, and passes check', async () => {
    const env = withPartners({});
    const { err } = await learn(env, 'nova', 'https://x.com/p?tid={transaction_id}&usd={payout}&st={status}', '--write'); // prettier-ignore
    expect(err.join('\n')).toContain('by this manifest what those macros could bring is kept');
    expect(await ending(env, ['partner', 'check'])).toMatchObject({ code: 0, out: ['nova: fine, 5 examples'] }); // prettier-ignore
  });

  it('of a word that says nothing is quarantined, and has a kept example beside it', async () => {
    const env = withPartners({});
    const { err } = await learn(env, 'nova', sale.replace('Approved', '7'), '--write');
    expect(err.join('\n')).toContain(
      'that request is quarantined: status is a word this manifest does not know',
    );
    const { out } = await ending(env, ['partner', 'try', 'nova']);
    expect(out.map((line) => line.split(/\s+/)[1])).toEqual(['200-new-status', '200-pending-sale', '200-repeat', '202-first-request', '401-wrong-secret']); // prettier-ignore
    expect(await ending(env, ['partner', 'check'])).toMatchObject({ code: 0 });
  });

  it('of a file, a record of ours, for scripts', async () => {
    const env = withPartners({});
    const file = join(env.PARTNERS_DIR, 'line.json');
    const raw = { method: 'POST', path: '/nova/x', query: 'token=***', headers: {}, body: '{"order_id":"A1","total":"5","currency":"EUR"}' }; // prettier-ignore
    writeFileSync(file, JSON.stringify({ receivedAt: '2026-11-20T00:00:00Z', verified: true, raw }));
    const { out, err } = await learn(env, 'nova', file, '--json');
    expect(err).toEqual([]);
    expect(JSON.parse(out.join(''))).toMatchObject({
      manifest: { path: '/nova/x', verify: { at: 'query.token' }, fields: { conversionId: 'order_id' } },
      text: expect.stringContaining('id: nova'),
      examples: [{ name: '200-first-request' }, {}, {}, {}],
    });
  });
});
