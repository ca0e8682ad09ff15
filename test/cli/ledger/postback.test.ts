import { parse } from 'yaml';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ending, type Ended } from '../../support/cli.ts';
import { missingPostgres, startPostgres, type Postgres } from '../../support/postgres.ts';

const url = 'https://example.com/pb?c={clickId}';

describe.skipIf(missingPostgres)('linkshare publisher postback', { timeout: 300_000 }, () => {
  let postgres: Postgres;
  let env: NodeJS.ProcessEnv;
  let publisher: string;
  let count = 0;
  beforeAll(async () => {
    postgres = await startPostgres();
    env = { DATABASE_URL: postgres.url };
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    publisher = `p${++count}`;
    await ending(env, ['publisher', 'add', publisher, '--name', publisher]);
  });

  const set = (...args: string[]) => ending(env, ['publisher', 'postback', publisher, ...args]);
  const told = ({ out, failed }: Ended) =>
    failed ?? (parse(out.join('\n')) as { settings: Record<string, unknown>; secret?: string });

  it('says how many at a time and after how many failures it is off; what is not said stays', async () => {
    const first = await set('--url', url, '--concurrency', '5', '--off-after', '100', '--delay', '60');
    expect(told(first)).toMatchObject({ settings: { concurrency: 5, offAfter: 100, delaySeconds: 60, sign: false } }); // prettier-ignore
    expect(told(await set('--status', 'approved=1', 'reversed=2'))).toEqual({
      settings: expect.objectContaining({ url, concurrency: 5, offAfter: 100, delaySeconds: 60, statuses: { approved: '1', reversed: '2' } }) as object, // prettier-ignore
    });
  });

  it('makes another secret to sign with, shows it this once', async () => {
    const first = told(await set('--url', url, '--method', 'POST', '--sign')) as { secret: string };
    const second = told(await set('--new-secret')) as { secret: string };
    expect([first, second].map(({ secret }) => /^whsec_.{20,}$/.test(secret))).toEqual([true, true]);
    expect(second.secret).not.toBe(first.secret);
    expect(told(await set('--concurrency', '1'))).not.toHaveProperty('secret');
    const shown = (await ending(env, ['publisher', 'show', publisher])).out.join('\n');
    for (const { secret } of [first, second]) expect(shown).not.toContain(secret);
  });

  it('takes the body of a POST as JSON', async () => {
    const body = { sum: '{payout}', id: 'x-{clickId}' };
    expect(told(await set('--url', url, '--method', 'POST', '--body', JSON.stringify(body)))).toMatchObject({
      settings: { body },
    });
    expect(told(await set('--body', '{sum}'))).toContain('It is JSON');
  });

  it.each([
    ['a secret where nothing is signed', ['--new-secret'], 'newSecret: nothing is signed; say sign', 1],
    ['more at a time than may be', ['--concurrency', '21'], 'concurrency', 1],
    ['off after every little failure', ['--off-after', '1'], 'offAfter', 1],
    ['words for a number', ['--off-after', 'many'], 'It is a whole number.', 2],
    ['part of a number', ['--delay', '1.5'], 'It is a whole number.', 2],
  ])('refuses %s', async (_, args, sentence, code) => {
    const ended = await set('--url', url, ...args);
    expect(ended).toMatchObject({ code, failed: expect.stringContaining(sentence) as string });
  });
});
