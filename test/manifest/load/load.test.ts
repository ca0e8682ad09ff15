import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compile } from '../../../services/manifest/compile.ts';
import {
  loadPartner,
  loadPartners,
  ManifestError,
  parseManifest,
  partnerFolders,
  validate,
} from '../../../services/manifest/load/load.ts';
import { manifestSchema } from '../../../services/manifest/schema.ts';
import { manifestData } from '../../support/manifest.ts';

const good = `id: acme
name: Acme
path: /acme/event
verify:
  secret: postback-token
  at: token
fields:
  conversionId: id
  status:
    from: status
    approved: ok
`;
const byLine = (a: string, b: string) => Number(a.split(':')[1]) - Number(b.split(':')[1]);

/** Every problem of the good manifest after a change of its text, by line. */
function problemsOf(...[from, to]: [string, string]): string[] {
  const text = from === '' ? good + to : good.replace(from, to);
  expect(text, 'the change fits').not.toBe(good);
  return problemsIn(text);
}
function problemsIn(text: string): string[] {
  try {
    parseManifest(text, 'acme/manifest.yaml');
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    expect(error.message).toBe(error.problems.join('\n'));
    return error.problems.map((problem) => problem.replace(/^acme\/manifest\.yaml:/, 'f:')).toSorted(byLine);
  }
  return [];
}

test('a good manifest is what it says', () => {
  expect(parseManifest(good, 'f')).toEqual({
    id: 'acme',
    name: 'Acme',
    path: '/acme/event',
    verify: { secret: 'postback-token', at: 'token' },
    fields: { conversionId: 'id', status: { from: 'status', approved: 'ok' } },
  });
});

test('texts that YAML would type stay as they were written', () => {
  const status = ['1.0', '007', 'yes', 'no', 'null', '~', 'true', '1e3', '0x1F', '2027-01-01'];
  const { fields } = parseManifest(good.replace('approved: ok', `approved: [${status.join(', ')}]`), 'f');
  expect(fields?.status?.approved).toEqual(status);
});

describe('an unknown key is told where it stands, with what was meant', () => {
  test.each<[string, string, string, string]>([
    ['the top', '', 'feilds: x\n', 'f:12:1 unknown key "feilds", did you mean "fields"?'],
    [
      'fields',
      'conversionId: id',
      'conversionId: id\n  saleAmout: x USD',
      'f:9:3 fields: unknown key "saleAmout", did you mean "saleAmount"?',
    ],
    [
      'a field',
      'conversionId: id',
      'conversionId: { from: id, defaults: x }',
      'f:8:29 fields.conversionId: unknown key "defaults", did you mean "default"?',
    ],
    [
      'status',
      'approved: ok',
      'approved: ok\n    rejectd: no',
      'f:12:5 fields.status: unknown key "rejectd", did you mean "rejected"?',
    ],
    [
      'test',
      'conversionId: id',
      'conversionId: id\n  test: { from: id, yes: x, yess: y }',
      'f:9:29 fields.test: unknown key "yess", did you mean "yes"?',
    ],
    [
      'verify',
      'at: token',
      'at: token\n  adresses: [192.0.2.1]',
      'f:7:3 verify: unknown key "adresses", did you mean "addresses"?',
    ],
    [
      'a block of verify',
      'verify:\n  secret: postback-token\n  at: token',
      'verify:\n  - secret: postback-token\n    at: token\n    sentat: x',
      'f:7:5 verify.0: unknown key "sentat", did you mean "sentAt"?',
    ],
    [
      'a variant',
      '',
      'variants:\n  - when: a\n    whenn: b\n    fields: {}\n',
      'f:14:5 variants.0: unknown key "whenn", did you mean "when"?',
    ],
    [
      'the fields of a variant',
      '',
      'variants:\n  - when: a\n    fields: { clikId: x }\n',
      'f:14:15 variants.0.fields: unknown key "clikId", did you mean "clickId"?',
    ],
    [
      'setup',
      '',
      'setup: { where: x, past: y }\n',
      'f:12:20 setup: unknown key "past", did you mean "paste"?',
    ],
    [
      'repeat',
      '',
      'repeat: { window: 1h, widow: 2h }\n',
      'f:12:23 repeat: unknown key "widow", did you mean "window"?',
    ],
    [
      'deploy',
      '',
      'deploy:\n  minInstance: 1\n',
      'f:13:3 deploy: unknown key "minInstance", did you mean "minInstances"?',
    ],
  ])('in %s', (_, from, to, problem) => {
    expect(problemsOf(from, to)).toEqual([problem]);
  });

  test('or with what is known', () => {
    expect(problemsOf('at: token', 'at: token\n  zzzzzzz: x')).toEqual([
      'f:7:3 verify: unknown key "zzzzzzz"; known are secret, secretIs, keys, at, by, of, pair, length, iv, unsigned, sentAt, within, and, addresses, none, until',
    ]);
  });

  test.each(['__proto__', 'constructor', 'toString'])('%s too', (key) => {
    expect(problemsOf('', `${key}: x\n`)).toEqual([
      expect.stringContaining(`f:12:1 unknown key "${key}"; known are`),
    ]);
    expect(problemsOf('conversionId: id', `conversionId: id\n  ${key}: x`)).toEqual([
      expect.stringContaining(`f:9:3 fields: unknown key "${key}"; known are`),
    ]);
  });
});

describe('a wrong type is told in words', () => {
  test.each<[string, string, string]>([
    ['id: acme', 'id: [acme]', 'f:1:5 id should be a single text'],
    ['conversionId: id', 'conversionId: [id]', 'f:8:17 fields.conversionId should be a single text'],
    [
      'status:\n    from: status\n    approved: ok',
      'status: status',
      'f:9:11 fields.status should be keys with values',
    ],
    ['from: status', 'from: { a: b }', 'f:10:11 fields.status.from should be a single text'],
    [
      'verify:\n  secret: postback-token\n  at: token',
      'verify: none',
      'f:4:9 verify should be keys with values',
    ],
    [
      'verify:\n  secret: postback-token\n  at: token',
      'verify: [token]',
      'f:4:10 verify.0 should be keys with values',
    ],
    ['at: token', 'at: [token]', 'f:6:7 verify.at should be a single text'],
    ['at: token', 'at: token\n  addresses: 192.0.2.1', 'f:7:14 verify.addresses should be a list'],
    ['', 'each: data.orders\n', 'f:12:7 each should be keys with values'],
    ['', 'variants: { when: x }\n', 'f:12:11 variants should be a list'],
    ['', 'setup: paste this\n', 'f:12:8 setup should be keys with values'],
    ['', 'assumed: nothing\n', 'f:12:10 assumed should be a list'],
    ['', 'stage: { a: b }\n', 'f:12:8 stage should be a single text'],
    ['', 'stage: [live]\n', 'f:12:8 stage should be a single text'],
    ['', 'stage: { toString: x }\n', 'f:12:8 stage should be a single text'],
    ['conversionId: id', 'conversionId: id\n  extra: a', 'f:9:10 fields.extra should be a list'],
  ])('%j as %j', (from, to, problem) => {
    expect(problemsOf(from, to)).toEqual([problem]);
  });

  test.each(['', 'hello', '- a\n', '# only a comment\n'])('of the whole too: %j', (text) => {
    expect(problemsIn(text)).toEqual([
      expect.stringMatching(/^f:1:1 the manifest should be keys with values$/),
    ]);
  });
});

describe('what is missing is told where it should stand', () => {
  test.each<[string, string, string]>([
    ['name: Acme\n', '', 'f:1:1 name is missing'],
    ['name: Acme', 'name:', 'f:2:6 name is missing'],
    ['name: Acme', "name: ''", 'f:2:7 name is missing'],
    ['  conversionId: id\n', '', 'f:8:3 fields: "conversionId" is missing'],
    ['    from: status\n', '', 'f:10:5 fields.status.from is missing'],
    ['  at: token\n', '', 'f:5:3 verify: "at" is missing (or say "none" and why)'],
    ['  secret: postback-token\n', '', 'f:5:3 verify: "secret" is missing (or say "none" and why)'],
  ])('%j', (from, to, problem) => {
    expect(problemsOf(from, to)).toEqual([problem]);
  });
});

describe('a value that is none of those there are', () => {
  test.each<[string, string, RegExp]>([
    ['', 'stage: prod\n', /^f:12:8 .*"prod" is none of test, live$/],
    ['', 'stage: Live\n', /^f:12:8 .*"Live" is none of test, live; did you mean "live"\?$/],
    [
      'at: token',
      'at: token\n  by: hmac-sha255',
      /^f:7:7 .*"hmac-sha255" is none of .*; did you mean "hmac-sha256"\?$/,
    ],
    [
      'approved: ok',
      'approved: ok\n    default: aproved',
      /^f:12:14 .*"aproved" is none of .*; did you mean "approved"\?$/,
    ],
    [
      'conversionId: id',
      'conversionId: { from: id, take: any }',
      /^f:8:35 fields.conversionId.take: write first, last, or a number from 1 to 9$/,
    ],
    ['', 'identity: [acount, conversionId]\n', /^f:12:12 .*did you mean "account"\?$/],
    ['id: acme', 'id: Acme', /^f:1:5 id: an id is 2 to 19 of a-z/],
    ['/acme/event', 'acme/event', /^f:3:7 path: begins with \/, has no \/ at its end/],
    ['/acme/event', '/acme/event?x=1', /^f:3:7 path: begins with \/, has no \/ at its end/],
    ['/acme/event', '/acme/{Token}', /^f:3:7 path: begins with \/, has no \/ at its end/],
    ['postback-token', 'S3cr3t!', /^f:5:11 verify.secret: a secret is named in lower case.*never its value$/],
    ['at: token', 'at: token\n  until: 2026-02-30', /^f:7:10 verify.until: there is no such day$/],
    ['at: token', 'at: token\n  until: soon', /^f:7:10 verify.until: write a date as 2027-03-31$/],
    ['', 'repeat: { window: 1 hour }\n', /^f:12:19 repeat.window: write a duration as 30s, 5m, 1h or 2d$/],
    ['', 'deploy: { maxBody: 129kB }\n', /^f:12:20 deploy.maxBody: at most 128kB$/],
    ['', 'deploy: { maxBody: 0kB }\n', /^f:12:20 deploy.maxBody: /],
    ['', 'deploy: { memory: 1G }\n', /^f:12:19 deploy.memory: write memory as 512Mi$/],
    ['', 'deploy: { minInstances: -1 }\n', /^f:12:25 deploy.minInstances: write a whole number$/],
    ['', 'docs: here\n', /^f:12:7 docs/],
    ['', 'each: { a1: x }\n', /^f:12:9 each.a1: name a level in letters$/],
  ])('%j as %j', (from, to, problem) => {
    expect(problemsOf(from, to)).toEqual([expect.stringMatching(problem)]);
  });
});

test('no problem is told in the words of a library', () => {
  const bad = [
    'name:\n',
    'docs: here\n',
    'verify: []\n',
    'variants: []\n',
    'each: { a1: x }\n',
    'assumed: [""]\n',
  ];
  const told = bad.flatMap((line) => {
    const key = line.split(':')[0]!;
    return problemsIn(good.replace(new RegExp(`^${key}:.*\\n(  .*\\n)*`, 'm'), '') + line);
  });
  expect(told.length).toBeGreaterThanOrEqual(bad.length);
  expect(told.filter((problem) => /Too small|Invalid|expected|input|record/i.test(problem))).toEqual([]);
});

describe('every problem is told at once', () => {
  test('of the schema', () => {
    expect(problemsIn('id: Acme\nfeilds: x\nverify: { secrt: x }\nstage: prod\n')).toEqual([
      expect.stringContaining('f:1:5 id: an id is'),
      'f:1:1 name is missing',
      'f:2:1 unknown key "feilds", did you mean "fields"?',
      'f:3:11 verify: unknown key "secrt", did you mean "secret"?',
      expect.stringContaining('f:4:8 '),
    ] as string[]);
  });

  test('of how the parts fit', () => {
    const text = good
      .replace('/acme/event', '/other/{key}')
      .replace('at: token', 'at: token\n  within: 5m')
      .replace(
        'conversionId: id',
        'conversionId: a or\n  commission: payout\n  occurredAt: { from: at UTC, default: now }',
      )
      .replace('approved: ok', 'approved: ok\n    paid: OK');
    expect(
      problemsIn(`${text}identity: [account]\n`).map((problem) => problem.split(' ', 2).join(' ')),
    ).toEqual([
      'f:3:7 path:',
      'f:3:7 path:',
      'f:7:11 verify:',
      'f:9:17 conversionId:',
      'f:10:15 commission:',
      'f:11:15 occurredAt:',
      'f:15:11 status:',
      'f:16:11 identity:',
    ]);
  });

  test('of every partner', () => {
    expect(() =>
      loadPartners(folderOf({ 'one/manifest.yaml': 'id: 1', 'two/manifest.yaml': 'id: [' })),
    ).toThrow(/one\/manifest\.yaml:1:5 id: [^]*two\/manifest\.yaml:1:/);
  });
});

const made: string[] = [];
/** A folder with these files in it. */
function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'linkshare-load-'));
  made.push(folder);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })));

describe('partners are folders', () => {
  const named = (id: string) => good.replaceAll('acme', id);

  test('each with its manifest; what else lies beside is none', () => {
    const folder = folderOf({
      'README.md': 'x',
      'manifest.schema.json': '{}',
      'bolt/manifest.yaml': named('bolt'),
      'acme/manifest.yaml': good,
      'acme/examples/200-sale.yaml': 'x',
      'drafts/note.txt': 'x',
    });
    expect(partnerFolders(folder)).toEqual([join(folder, 'acme'), join(folder, 'bolt')]);
    expect(loadPartners(folder).map(({ id }) => id)).toEqual(['acme', 'bolt']);
  });

  test('an id is the name of its folder, and where it is not, the place of the id is told', () => {
    const folder = folderOf({ 'bolt/manifest.yaml': `# a comment\n${good}` });
    expect(() => loadPartner(join(folder, 'bolt'))).toThrow(
      new ManifestError([
        `${join(folder, 'bolt/manifest.yaml')}:2:5 id: is "acme", but its folder is "bolt"`,
      ]),
    );
  });

  test('one that does not load keeps none from being told, and none from loading in part', () => {
    const folder = folderOf({ 'acme/manifest.yaml': good, 'bolt/manifest.yaml': 'yes: *test\n' });
    expect(() => loadPartners(folder)).toThrow(ManifestError);
    expect(() => loadPartners(folder)).toThrow(/bolt\/manifest\.yaml:1:6 /);
  });

  test('no folder, and a folder without one, are said', () => {
    const folder = folderOf({ 'README.md': 'x' });
    expect(() => loadPartners(folder)).toThrow(
      new ManifestError([`${folder}: no folder in it holds a manifest.yaml`]),
    );
    expect(() => loadPartners(join(folder, 'none'))).toThrow(
      new ManifestError([`${join(folder, 'none')}: there is no such folder`]),
    );
  });

  test('those of this repository load', () => {
    expect(loadPartners('partners').map(({ id }) => id)).toContain('involve');
  });
});

test('the language can be handed to editors as JSON Schema', () => {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input' });
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: ['id', 'name'],
  });
});

describe('whatever data is given', () => {
  const paths = [
    ['id'], ['path'], ['verify'], ['verify', 'at'], ['verify', 'by'], ['verify', 'of'], ['verify', 'sentAt'], ['verify', 'none'],
    ['verify', 'until'], ['verify', 'addresses'], ['fields'], ['fields', 'conversionId'], ['fields', 'commission'],
    ['fields', 'occurredAt'], ['fields', 'subIds'], ['fields', 'extra'], ['fields', 'test'], ['fields', 'status'],
    ['fields', 'status', 'approved'], ['fields', 'status', 'from'], ['each'], ['variants'], ['identity'], ['deploy'], ['repeat'],
  ]; // prettier-ignore
  const word = fc.constantFrom(
    'id', 'a b', 'a or b', '{a}-{b?}', 'a?', '?', '*', '{', '', 'acme', 'token', 'header.x.v1', 'path.token', 'a USD',
    'at Asia/Kuala_Lumpur', 'hmac-sha256', '{body}', '2027-01-01', '/acme/{token}', '192.0.2.0/24', 'dd/MM/yyyy', '1h', '__proto__',
  ); // prettier-ignore
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      word,
      fc.string(),
      fc.constantFrom(null, 1, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'from',
          'default',
          'as',
          'when',
          'fields',
          'each',
          'none',
          'until',
          'yes',
          'x',
          'toString',
        ),
        tie('value'),
        { noNullPrototype: true, maxKeys: 3 },
      ),
    ),
  }));
  const changed = fc.array(fc.tuple(fc.constantFrom(...paths), value), { maxLength: 4 }).map((changes) => {
    const data = structuredClone(manifestData());
    for (const [path, to] of changes) {
      const parent = path
        .slice(0, -1)
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], data);
      if (typeof parent === 'object' && parent !== null)
        (parent as Record<string, unknown>)[path.at(-1)!] = to;
    }
    return data;
  });

  test('it is a manifest that compiles, or has problems that say where and what', () => {
    let loaded = 0;
    fc.assert(
      fc.property(fc.oneof(changed, value), (data) => {
        const result = validate(data);
        if ('manifest' in result) {
          compile(result.manifest);
          loaded++;
        } else {
          expect(result.problems.length).toBeGreaterThan(0);
          for (const { message } of result.problems) expect(message).toMatch(/\S/);
        }
      }),
      { numRuns: 500 },
    );
    expect(loaded, 'some of them load').toBeGreaterThan(10);
  });
});
