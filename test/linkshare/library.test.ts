import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { TikTokShopAffiliate, UsageError } from '../../services/linkshare/index.ts';
import { order } from './stand-in/orders.ts';
import { withStandIn } from './support.ts';
import { readXlsx } from './xlsx.ts';

const standIn = withStandIn();
const start = Date.UTC(2026, 8, 30, 17) / 1000;

describe('services/linkshare/README.md', () => {
  it('shows a program that runs as it stands', async () => {
    const folder = emptyFolder();
    standIn().orders = Array.from({ length: 130 }, (_, i) =>
      order(i, start + i * 60, { tag: 'mkk', actual: 'Rp990' }),
    );
    const readme = readFileSync('services/linkshare/README.md', 'utf8');
    const code = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
    const { url } = standIn();
    // Nothing is changed but where it calls and where it writes.
    const here = code
      .replace("'./services/linkshare/index.ts'", `'${resolve('services/linkshare/index.ts')}'`)
      .replace("appSecret: 'e59af819cc',", `appSecret: 'e59af819cc', apiHost: '${url}', authHost: '${url}',`)
      .replace(/'(\.linkshare|october)/g, (_, name: string) => `'${folder}/${name}`);
    const file = join(folder, 'example.mts');
    writeFileSync(file, here);
    const log = vi.spyOn(console, 'log').mockReturnValue();
    await import(file);
    const printed = log.mock.calls.map((words) => words.join(' '));
    log.mockRestore();
    expect(printed[0]).toBe(
      'https://www.tiktok.com/t/1729793769377859852-mkk/ Tag has exceeded the length limit',
    );
    expect(printed).toContain('black_suit 2026-10-01');
    expect(printed.join('\n')).toContain('130 orders, 130 lines, 130 pieces');
    expect(printed.join('\n')).toMatch(/IDR +1,287,000 +128,700 +128,700/);
    expect(readXlsx(join(folder, 'october.xlsx'))[1]!.rows).toHaveLength(131);
    expect(readFileSync(join(folder, 'october.csv'), 'utf8').trim().split('\r\n')).toHaveLength(131);
  });
});

describe('TikTokShopAffiliate', () => {
  it('tells every step, and no secret', async () => {
    const said: string[] = [];
    const log = {
      info: (...words: unknown[]) => void said.push(JSON.stringify(words)),
      warn: (...words: unknown[]) => void said.push(JSON.stringify(words)),
    };
    const { url, auth } = standIn();
    const tiktok = new TikTokShopAffiliate({
      appKey: auth.appKey,
      appSecret: auth.appSecret,
      tokens: join(emptyFolder(), 't.json'),
      log,
      apiHost: url,
      authHost: url,
    });
    const token = await tiktok.getAccessToken('TTP_code_1');
    expect(await tiktok.getAccessToken()).toBe(token);
    standIn().fail('orders', {
      status: 429,
      code: 36009002,
      message: 'slow down',
      headers: { 'retry-after': '0' },
    });
    await tiktok.getAllConversionData({ startDate: '2026-10-01', endDate: '2026-10-02' });
    await tiktok.generateTrackingLink({ materialId: '12345', materialType: 1, tags: ['a'] });
    await expect(tiktok.generateTrackingLink({ materialId: '12345', materialType: 5 })).rejects.toThrow(
      UsageError,
    );
    await tiktok.close();
    expect(said.map((line) => (JSON.parse(line) as [string])[0])).toEqual([
      'token exchanged',
      'trying again',
      'page of orders',
      'link made',
    ]);
    for (const secret of [auth.appSecret, token, auth.refreshToken, 'TTP_code_1'])
      expect(said.join()).not.toContain(secret);
  });
});
