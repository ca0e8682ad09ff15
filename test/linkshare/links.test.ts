import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KeptLink } from '../../services/linkshare/linkStore.ts';
import { emptyFolder } from '../support/folder.ts';
import { authorised, run, settings, withStandIn } from './support.ts';

const standIn = withStandIn();
const id = '1729793769377859852';

describe('linkshare link, wrong use', () => {
  it.each([
    [['link'], 'Name at least one product id'],
    [['link', 'abc'], '"abc" is not a product id'],
    [['link', '1.72979E+18'], 'A spreadsheet has rounded it'],
    [['link', `https://shop.tiktok.com/view/product/${id}?region=ID`], `Take the one in that address: ${id}`],
    [['link', id, '--type', 'shop'], 'TikTok makes no links to a shop'],
    [['link', id, '--type', '5'], 'TikTok makes no links to a shop'],
    [['link', id, '--type', '4'], 'product (1), campaign (2) and showcase (3)'],
    [['link', id, '--type', 'campaign'], '--campaign-url https://'],
    [['link', id, '--type', '2', '--campaign-url', 'http://x.com'], 'begins with https://'],
    [['link', id, '--type', 'showcase'], 'needs neither an id nor a campaign URL'],
    [['link', id, '--campaign-url', 'https://x.com'], 'A product link takes no campaign URL'],
    [['link', id, '--json', '--csv'], 'Take --json or --csv'],
    [['link', id, '--tag', ' '], 'A tag is empty'],
    [['link', '--file', '/nowhere/ids.txt'], '/nowhere/ids.txt cannot be read'],
    [['link', 'publishers', id, '--publisher-id', 'a/b'], 'no publisher id'],
    [['link', id, '--frob'], "unknown option '--frob'"],
    [['link', id, '--account', '../x'], 'no name of an account'],
    [['auth', 'exchange', 'https://example.com/?state=1'], 'This is no authorisation code'],
  ])('%j ends with 2, and calls nobody', async (args, why) => {
    const { error } = await run(settings(standIn()), ...args);
    expect(error?.message).toContain(why);
    expect(error?.exitCode).toBe(2);
    expect(standIn().calls).toEqual([]);
  });

  it('says what to set where there is no app, and never shows the secret', async () => {
    const { error } = await run({ DATA_DIR: emptyFolder(), TIKTOK_APP_SECRET: 'hush' }, 'link', id);
    expect(error?.message).toMatch(/^TIKTOK_APP_KEY is not set: .*Partner Center/);
    expect(error?.message).not.toContain('hush');
  });

  it('sends the secret nowhere in clear', async () => {
    const env = { ...settings(standIn()), TIKTOK_API_HOST: 'http://example.com' };
    expect((await run(env, 'link', id)).error?.message).toContain(
      'TIKTOK_API_HOST: "http://example.com" is not like',
    );
  });

  it('says how to authorise where nobody has', async () => {
    const { error } = await run(settings(standIn()), 'link', id);
    expect(error?.message).toBe(
      'no creator has authorised this app yet\nAuthorise again: linkshare auth login',
    );
  });
});

describe('linkshare link', () => {
  it('makes a link for each id and tag, with the code it is given', async () => {
    const env = settings(standIn());
    const { out, err, error } = await run(env, 'link', id, '7362840009596339971', '--tag', 'a,b', '--channel', 'OEM2_VIVO_PUSH', '--auth-code', 'TTP_code_1', '--json'); // prettier-ignore
    expect(error).toBeUndefined();
    expect(JSON.parse(out).made).toEqual(
      [id, '7362840009596339971'].flatMap((each) =>
        ['a', 'b'].map((tag) => ({
          type: 'product',
          id: each,
          tag,
          channel: 'OEM2_VIVO_PUSH',
          link: `https://www.tiktok.com/t/${each}-${tag}/`,
        })),
      ),
    );
    expect(err).toContain('authorised by Jjj test creator: token ..ss_1');
    expect(err).toContain('links made: 4');
    const sent = JSON.parse(standIn().calls.at(-1)!.body);
    expect(sent).toMatchObject({
      material: { type: 'PRODUCT' },
      channel: 'OEM2_VIVO_PUSH',
      tags: ['a', 'b'],
    });
  });

  it.each([
    [['--type', '1', id], { type: 'PRODUCT', id }],
    [['--type', '2', id, '--campaign-url', 'https://vt.tokopedia.com/c?a=1'], { type: 'CAMPAIGN', id, campaign_url: 'https://vt.tokopedia.com/c?a=1' }], // prettier-ignore
    [['--type', 'Showcase'], { type: 'SHOWCASE' }],
  ])('%j asks for %j', async (args, material) => {
    const env = await authorised(standIn());
    expect((await run(env, 'link', ...args, '--tag', 't')).error).toBeUndefined();
    expect(JSON.parse(standIn().calls[0]!.body)).toEqual({ material, tags: ['t'] });
  });

  it('shows one bad tag beside the good ones, ends with 1, and keeps the good ones', async () => {
    const env = await authorised(standIn());
    const long = 'a-tag-that-is-far-too-long';
    const { out, error } = await run(env, 'link', id, '--tag', `good,${long}`);
    expect(out).toMatch(new RegExp(`${id} +good +https://www.tiktok.com/t/${id}-good/`));
    expect(out).toMatch(new RegExp(`${long} +Tag has exceeded the length limit`));
    expect(error?.message).toBe('1 of 2 links were not made');
    expect(JSON.parse((await run(env, 'link', 'list', '--json')).out)).toMatchObject([
      { tag: 'good', materialId: id },
    ]);
  });

  it('goes on past one product that TikTok refuses, and stops where none will do', async () => {
    const env = await authorised(standIn());
    standIn().fail('generate_batch', { status: 400, code: 16001002, message: 'product is not affiliate' });
    const { out, error } = await run(env, 'link', '11111', '22222', '33333', '--tag', 't', '--csv');
    expect(error?.message).toBe('1 of 3 links were not made');
    expect(out.split('\n').filter((line) => line.includes('https://'))).toHaveLength(2);
    expect(out).toContain('TikTok says: product is not affiliate');

    standIn().calls.length = 0;
    const revoked = { status: 401, code: 105001, message: 'Access token is invalid' };
    standIn().fail('generate_batch', ...Array.from({ length: 20 }, () => revoked));
    const ids = Array.from({ length: 20 }, (_, i) => String(10_000 + i));
    const stopped = await run(env, 'link', ...ids, '--tag', 't');
    expect(stopped.error?.message).toMatch(/code 105001.*\nAuthorise again: linkshare auth login/);
    expect(standIn().calls.length).toBeLessThanOrEqual(4);
  });

  it('reads ids from a file as a spreadsheet saves it', async () => {
    const env = await authorised(standIn());
    const file = join(env.DATA_DIR, 'ids.csv');
    writeFileSync(file, `\ufeffproduct_id,name\r\n"11111",x\r\n\r\n'22222,y\r\n`);
    const { out } = await run(env, 'link', '--file', file, '--tag', 't', '--json');
    expect((JSON.parse(out) as { made: { id: string }[] }).made.map((each) => each.id)).toEqual([
      '11111',
      '22222',
    ]);
  });

  it('remembers whose a tag is, and gives it to nobody else', async () => {
    const env = await authorised(standIn());
    await run(env, 'link', id, '--publisher', 'mkk');
    const { error } = await run(env, 'link', id, '--publisher', 'cary', '--tag', 'mkk');
    expect(error?.message).toBe(
      'The tag mkk was made for mkk, whose its orders are: take another tag for cary.',
    );
    await run(env, 'link', id, '--publisher', 'cary');
    const listed = async (...args: string[]) =>
      (JSON.parse((await run(env, 'link', 'list', ...args, '--json')).out) as KeptLink[]).map(
        ({ tag }) => tag,
      );
    expect(await listed()).toEqual(['cary', 'mkk']);
    expect(await listed('--publisher', 'mkk')).toEqual(['mkk']);
    expect(await listed('CARY')).toEqual(['cary']);
    expect((await run(env, 'link', 'list', 'nothing like it')).out).toBe('No link fits.');
    const file = join(env.DATA_DIR, 'tiktok/links.jsonl');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    // A line that a kill cut off is passed over, and takes no other with it.
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"madeAt":"2026`);
    await run(env, 'link', id, '--tag', 'after');
    expect(await listed()).toEqual(['after', 'cary', 'mkk']);
  });
});

describe('linkshare link publishers', () => {
  it('asks for 50 at a time, and reads ids that come as numbers of 19 digits', async () => {
    const env = await authorised(standIn());
    standIn().fail('publisher', {
      text: '{"code":0,"message":"","data":{"sharing_links":[{"material_id":7362840009596339923,"sharing_link":"https://a","deep_link":"snssdk1180://x","one_link":"https://o"}],"failed_materials":[{"material_id":"7362840009596339924","fail_reason":"The product was sold out"}]}}',
    });
    const ids = Array.from({ length: 51 }, (_, i) => String(7_362_840_009_596n + BigInt(i)));
    const { out, error } = await run(env, 'link', 'publishers', ...ids, '--publisher-id', 'mkk', '--json');
    const calls = standIn().calls.map(({ path, body }) => [
      path.split('/').slice(-3, -1),
      JSON.parse(body).material.ids.length,
    ]);
    expect(calls).toEqual([[['publisher', 'mkk'], 50], [['publisher', 'mkk'], 1]]); // prettier-ignore
    expect(JSON.parse(out).made[0].materialId).toBe('7362840009596339923');
    expect(JSON.parse(out).failed[0]).toEqual({
      what: '7362840009596339924',
      why: 'The product was sold out',
    });
    expect(error?.message).toBe('2 of 51 links were not made');
  });

  it('makes links for all publishers', async () => {
    const env = await authorised(standIn());
    await run(env, 'link', 'publishers', id, '--campaign-id', '7432840009596339923');
    expect(standIn().calls[0]).toMatchObject({ path: '/affiliate_creator/202505/affiliate_sharing_links/general_publishers/generate_batch' }); // prettier-ignore
  });
});
