import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { answerSchema, exampleOf, findOperation, mismatches } from './stand-in/openapi.ts';
import { order } from './stand-in/orders.ts';
import { startStandIn } from './stand-in/server.ts';
import { authorised, run, settings, withStandIn } from './support.ts';
import { apis } from '../../services/linkshare/scopes.ts';

const standIn = withStandIn();

describe('linkshare tiktok call', () => {
  it.each([
    [['FETCH', '/x'], '"FETCH" is no method'],
    [['GET', 'https://open-api.tiktokglobalshop.com/x'], 'is no path'],
    [['GET', '/x', '--query', 'a'], 'is no parameter'],
    [['POST', '/x', '--body', '{'], '--body is no JSON'],
    [['POST', '/x', '--body', '@/nowhere'], '/nowhere cannot be read'],
    [['GET', '/x', '--body', '{}'], 'A GET has no body'],
  ])('%j ends with 2', async (args, why) => {
    const { error } = await run(settings(standIn()), 'tiktok', 'call', ...args);
    expect(error?.message).toContain(why);
    expect(error?.exitCode).toBe(2);
  });

  it('shows the text that is signed without the secret, sends the body as it is, and prints the answer', async () => {
    const env = await authorised(standIn());
    const body = '{ "create_time_ge": 1719807456 }';
    const { out, err, error } = await run(env, 'tiktok', 'call', 'post', '/affiliate_creator/202410/orders/search?page_size=5', '--body', body, '--verbose'); // prettier-ignore
    expect(error).toBeUndefined();
    expect(err).toMatch(
      /signed text: \{app_secret\}\/affiliate_creator\/202410\/orders\/searchapp_key29a39dpage_size5timestamp\d{10}\{ "create_time_ge": 1719807456 \}\{app_secret\}/,
    );
    expect(err).toContain('POST /affiliate_creator/202410/orders/search  {"page_size":"5"');
    expect(err).not.toContain('e59af819cc');
    expect(JSON.parse(out)).toEqual({ next_page_token: '', total_count: 0, orders: [] });
    expect(standIn().calls[0]!.body).toBe(body);
    standIn().calls.length = 0;
    await run(env, 'tiktok', 'call', 'GET', '/affiliate_creator/202508/profiles', '--dry-run');
    expect(standIn().calls).toEqual([]);
  });

  it('says where the path is none of TikTok', async () => {
    const env = await authorised(standIn());
    const { error } = await run(
      env,
      'tiktok',
      'call',
      'GET',
      '/affiliate_creator/202410/affiliate_orders/search',
    );
    expect(error?.message).toContain('not among those TikTok offers');
  });
});

describe('linkshare doctor tiktok', () => {
  it('finds nothing wrong where all is there', async () => {
    const env = await authorised(standIn());
    const { out, error } = await run(env, 'doctor', 'tiktok');
    expect(error).toBeUndefined();
    expect(out).toContain('clock   right');
    expect(out).toContain('Everything needed is there.');
    expect(out).toMatch(/Orders +creator\.affiliate_collaboration\.read +yes +works/);
  });

  it('says what a missing scope breaks, and that a clock is off', async () => {
    standIn().auth.scopes = ['creator.affiliate.info'];
    const env = await authorised(standIn());
    standIn().ahead = 600;
    const { out, error } = await run(env, 'doctor', 'tiktok');
    expect(error?.message).toMatch(/problems were found/);
    expect(out).toMatch(/clock is (59|60)\d seconds behind: every call will fail/);
    expect(out).toMatch(
      /The scope creator\.affiliate_collaboration\.read is not granted\. It breaks: linkshare report: no sale is seen/,
    );
    expect(out).toContain('It breaks: linkshare link. ');
  });
});

describe('the process', () => {
  const linkshare = (env: NodeJS.ProcessEnv, shell: string) =>
    spawnSync(
      'bash',
      ['-c', `${shell.replaceAll('linkshare', `'${process.execPath}' services/main.ts cli`)}`],
      { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' },
    );

  it('leaves no half file where a file may not grow, and says what to do; ends with 2 at wrong use', async () => {
    // A process of its own answers: this one waits for the shell.
    const server = await startStandIn();
    try {
      const env = { ...server.env, DATA_DIR: emptyFolder() };
      await run(env, 'auth', 'exchange', 'TTP_code_1');
      const start = Date.UTC(2026, 9, 1) / 1000;
      server.orders = Array.from({ length: 400 }, (_, i) => order(i, start + i));
      const out = emptyFolder();
      const report = ['report', '2026-10-01', '2026-10-31', '--format', 'csv', '--out'];
      // Fetched, then not written: the folder for it is a file.
      expect((await run(env, ...report, '/dev/null/x')).error?.message).toContain('/dev/null');
      const limited = linkshare(env, `ulimit -f 8; linkshare ${report.join(' ')} ${out}`);
      expect(limited.stderr).toContain('a file may not grow that large here: write to another folder');
      expect(limited.status).toBe(1);
      expect(readdirSync(out)).toEqual([]);
      const again = linkshare(env, `linkshare ${report.join(' ')} ${out}`);
      expect(again.status).toBe(0);
      expect(readdirSync(out)).toEqual(['linkshare-2026-10-01--2026-10-31.csv']);
      expect(linkshare(env, 'linkshare report 2026-10-31 2026-10-01').status).toBe(2);
      expect(linkshare(env, 'linkshare link --frob').status).toBe(2);
    } finally {
      await server.close();
    }
  });
});

describe('the stand-in', () => {
  it.each(apis.map(({ method, path }) => [method, path]))(
    'knows %s %s, and its example fits its own schema',
    (method, path) => {
      const operation = findOperation(method, path.replace('{publisher_id}', 'mkk'));
      if (typeof operation === 'string') throw new Error(operation);
      const schema = answerSchema(operation);
      expect(mismatches(schema, exampleOf(schema), 'answer')).toEqual([]);
    },
  );

  it('refuses what TikTok would', () => {
    const operation = findOperation('POST', '/affiliate_creator/202410/orders/search');
    if (typeof operation === 'string') throw new Error(operation);
    const schema = operation.requestBody!.content['application/json']!.schema;
    expect(mismatches(schema, { create_time_ge: '1', order_status: [] }, 'body')).toEqual([
      'body.create_time_ge is no integer',
      'body.order_status is unknown',
    ]);
    expect(findOperation('GET', '/affiliate_creator/202410/orders/search')).toBe('no method');
    expect(findOperation('POST', '/affiliate_creator/202410/affiliate_orders/search')).toBe('no path');
  });
});
