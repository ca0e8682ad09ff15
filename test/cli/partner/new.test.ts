import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check as prettierCheck } from 'prettier';
import { describe, expect, it } from 'vitest';
import { plainTerminal, type Terminal } from '../../../services/cli/terminal.ts';
import { loadExamples } from '../../../services/manifest/example.ts';
import { ending, withPartners } from '../../support/cli.ts';

const make = (env: NodeJS.ProcessEnv, args: string[], terminal?: Terminal) => ending(env, ['partner', 'new', ...args], terminal); // prettier-ignore

describe('wrong use', () => {
  it.each([
    [[], "missing required argument 'id'"],
    [['X'], 'an id is 2 to 19 of a-z'],
    [['../x'], 'an id is 2 to 19 of a-z'],
    [['console'], '"console" is a word of our own'],
    [['nova', '--path', '/other'], 'path: begins with /nova'],
    [['nova', '--docs', 'their page'], 'docs: write the whole address'],
    [['nova', '--sends', 'xml'], '"xml" is none of query, form, json'],
    [['nova', '--token', 't', '--hmac', 'x-sig'], 'say one way'],
    [['nova', '--hmac', 'x-sig', '--hash', 'crc32'], 'It is one of md5, sha1, sha256'],
    [['nova', '--none', 'they cannot'], '--none needs --until'],
    [['nova', '--none', 'they cannot', '--until', 'never'], 'write a date as 2027-03-31'],
    [['nova', '--map', 'conversionId'], 'It is like conversionId=txn.'],
    [['nova', '--map', 'foo=bar'], '"foo" is none of conversionId'],
    [['nova', '--status', 'good=ok'], '"good" is none of pending'],
  ])('%j writes nothing', async (args, why) => {
    const env = withPartners({});
    const { code, failed } = await make(env, args);
    expect({ code, failed }).toEqual({ code: 2, failed: expect.stringContaining(why) });
    expect(readdirSync(env.PARTNERS_DIR)).toEqual([]);
  });

  it('never overwrites, not even an empty folder', async () => {
    const env = withPartners();
    mkdirSync(join(env.PARTNERS_DIR, 'nova'));
    for (const id of ['shop', 'nova']) {
      const { code, failed } = await make(env, [id]);
      expect([code, failed]).toEqual([2, expect.stringContaining('is there already')]);
    }
    expect(existsSync(join(env.PARTNERS_DIR, 'shop/examples'))).toBe(false);
    expect(readdirSync(join(env.PARTNERS_DIR, 'nova'))).toEqual([]);
  });
});

const ways = [
  [],
  ['--token', 'key', '--sends', 'json'],
  ['--path-token'],
  ['--bearer', '--sends', 'json'],
  ['--basic', '--sends', 'form'],
  ['--hmac', 'X-Signature'],
  ['--hmac', 'x-sig.sha256', '--sends', 'json'],
  ['--hmac', 'x-sig', '--hash', 'sha512', '--sends', 'form'],
  ['--none', 'they cannot', '--until', '2027-03-31', '--sends', 'form'],
  ['--map', 'conversionId=txn', '--map', 'commission=sum', '--status', 'approved=1', '--status', 'pending=0', '--docs', 'https://example.com'],
]; // prettier-ignore

describe.each(ways.map((way) => [way.join(' ') || 'with nothing said', way] as const))('%s', (_, way) => {
  it('is fine at once, has an example of every outcome, and is formatted', async () => {
    const env = withPartners({});
    expect(await make(env, ['nova', ...way])).toMatchObject({ code: 0, failed: undefined });
    const { code, out, err } = await ending(env, ['partner', 'check', 'nova']);
    expect({ code, out, err }).toEqual({ code: 0, out: ['nova: fine, 5 examples'], err: [] });
    const folder = join(env.PARTNERS_DIR, 'nova');
    const outcomes = new Set(loadExamples(folder).map(({ expect: { outcome } }) => outcome));
    expect([...outcomes].sort()).toEqual(['kept', 'quarantined', 'refused', 'repeat']);
    for (const file of [
      'manifest.yaml',
      ...readdirSync(join(folder, 'examples')).map((name) => `examples/${name}`),
    ]) {
      // prettier-ignore
      const text = readFileSync(join(folder, file), 'utf8');
      expect([file, await prettierCheck(text, { parser: 'yaml', singleQuote: true, printWidth: 110 })]).toEqual([file, true]); // prettier-ignore
      const schema = file.startsWith('examples/') ? '../../example' : '../manifest';
      expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${schema}.schema.json`);
    }
  });
});

describe('on a terminal', () => {
  /** Answers by what a question says; anything else is Enter. */
  const answering = (answers: Record<string, string[]>): { terminal: Terminal; asked: string[] } => {
    const asked: string[] = [];
    const ask: Terminal['ask'] = async (question, usual = '') => {
      asked.push(question);
      const key = Object.keys(answers).find((part) => question.includes(part));
      return (key === undefined ? undefined : answers[key]!.shift()) ?? usual;
    };
    return { terminal: { ...plainTerminal, ask }, asked };
  };

  it('asks for what the options leave open, and again for an answer that is none', async () => {
    const env = withPartners({});
    const { terminal, asked } = answering({ 'do people call': ['Super Nova'], 'do they send': ['xml', 'JSON'], 'that it is them': ['hmac'], 'name of conversionId': ['txn'], 'word for approved': ['done'] }); // prettier-ignore
    expect(await make(env, ['nova', '--docs', 'https://example.com'], terminal)).toMatchObject({ code: 0 });
    const text = readFileSync(join(env.PARTNERS_DIR, 'nova/manifest.yaml'), 'utf8');
    expect(text).toMatch(
      /name: Super Nova\n[^]*at: header.x-signature\n[^]*conversionId: txn\n[^]*approved: done\n/,
    );
    expect(asked.filter((question) => question.includes('do they send'))).toHaveLength(2);
    expect(asked.filter((question) => question.includes('document'))).toEqual([]);
    expect(await ending(env, ['partner', 'check'])).toMatchObject({ code: 0 });
  });

  it('Enter to everything, and --json asks nothing', async () => {
    const env = withPartners({});
    const { terminal, asked } = answering({});
    expect(await make(env, ['nova'], terminal)).toMatchObject({ code: 0 });
    expect(asked.length).toBeGreaterThan(8);
    asked.length = 0;
    const { out } = await make(env, ['nova2', '--json'], terminal);
    expect(JSON.parse(out.join(''))).toMatchObject({ id: 'nova2', path: '/nova2/postback' });
    expect(asked).toEqual([]);
  });
});
