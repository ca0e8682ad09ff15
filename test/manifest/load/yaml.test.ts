import { describe, expect, test } from 'vitest';
import { readYaml } from '../../../services/manifest/load/yaml.ts';

function valueOf(text: string): unknown {
  const yaml = readYaml(text, 'f.yaml');
  if ('problems' in yaml) throw new Error(yaml.problems.join('\n'));
  return yaml.value;
}
function problemsOf(text: string): string[] {
  const yaml = readYaml(text, 'f.yaml');
  return 'problems' in yaml ? yaml.problems : [];
}

test.each([
  '1.0',
  '007',
  '1e3',
  '0x1F',
  '0o17',
  '1_000',
  '-1',
  '+1',
  '.5',
  '.inf',
  '.nan',
  'yes',
  'no',
  'on',
  'off',
  'true',
  'FALSE',
  'null',
  'Null',
  '~',
  '2027-03-31',
  '2027-03-31T00:00:00Z',
  '12:30:45',
  '9223372036854775807',
])('%s stays the text that was written', (text) => {
  expect(valueOf(`a: ${text}\nb: [${text}]\n`)).toEqual({ a: text, b: [text] });
});

test('texts in quotes, over several lines and with comments are texts', () => {
  expect(
    valueOf(`a: '1 # no comment' # a comment\nb: "x\\ny"\nc: >-\n  one\n  two\nd: |\n  one\n  two\n`),
  ).toEqual({
    a: '1 # no comment',
    b: 'x\ny',
    c: 'one two',
    d: 'one\ntwo\n',
  });
});

describe('what is not YAML is told with its place', () => {
  test.each([
    ['a: 1\na: 2\n', 'f.yaml:2:1 Map keys must be unique'],
    ['a:\n  b: 1\n  c: 2\n  b: 3\n', 'f.yaml:4:3 Map keys must be unique'],
    ['a: { b: 1, b: 2 }\n', 'f.yaml:1:12 Map keys must be unique'],
    ['a: [1, 2\n', 'f.yaml:2:1 Flow sequence'],
    ['a: 1\n\tb: 2\n', 'f.yaml:2:1 Tabs are not allowed as indentation'],
    ['a: *\n', 'f.yaml:1:4 Alias cannot be an empty string'],
    ['a: "x\n', 'f.yaml:2:1 Missing closing "quote'],
    ['a: b: c\n', 'f.yaml:1:4 Nested mappings are not allowed in compact mappings'],
    ['a: 1\n---\na: 2\n', 'f.yaml:2:1 Source contains multiple documents'],
  ])('%j', (text, start) => {
    expect(problemsOf(text).map((problem) => problem.slice(0, start.length))).toContain(start);
  });

  test('all of it', () => {
    expect(problemsOf('a: 1\na: 2\nb: 1\nb: 2\n')).toEqual([
      'f.yaml:2:1 Map keys must be unique',
      'f.yaml:4:1 Map keys must be unique',
    ]);
  });

  test('a star that was to be a text', () => {
    expect(problemsOf('test:\n  yes: *test\n')).toEqual([expect.stringMatching(/^f\.yaml:2:8 .*test/)]);
  });

  test('aliases that would fill the memory', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'])
      lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(', ')}]`);
    expect(problemsOf(lines.join('\n'))).toEqual([expect.stringMatching(/^f\.yaml:\d+:\d+ /)]);
  });
});

test('an alias in its place stands for what it names', () => {
  expect(valueOf('a: &a [x]\nb: *a\n')).toEqual({ a: ['x'], b: ['x'] });
});

test('keys that every object knows are keys like any other', () => {
  expect(Object.keys(valueOf('__proto__: x\nconstructor: y\n') as object)).toEqual([
    '__proto__',
    'constructor',
  ]);
});

describe('a problem is placed', () => {
  const text = '# first\nid: x\nlist:\n  - a: 1\n  - { b: 2, c: [x, yy] }\nempty:\ndeep:\n  er: x\n';
  const yaml = readYaml(text, 'f.yaml');
  const locate = (path: PropertyKey[], atKey = false) =>
    'locate' in yaml ? yaml.locate({ path, message: '!', ...(atKey && { atKey }) }) : '';

  test.each<[PropertyKey[], boolean, string]>([
    [['id'], false, 'f.yaml:2:5 !'],
    [['id'], true, 'f.yaml:2:1 !'],
    [['list'], false, 'f.yaml:4:3 !'],
    [['list', 0], false, 'f.yaml:4:5 !'],
    [['list', 0, 'a'], false, 'f.yaml:4:8 !'],
    [['list', 1, 'b'], true, 'f.yaml:5:7 !'],
    [['list', 1, 'c', 1], false, 'f.yaml:5:20 !'],
    [['deep', 'er'], false, 'f.yaml:8:7 !'],
    [['deep', 'missing'], false, 'f.yaml:8:3 !'],
    [['list', 0, 'missing', 'more'], false, 'f.yaml:4:5 !'],
    [['missing'], false, 'f.yaml:2:1 !'],
    [[], false, 'f.yaml:2:1 !'],
  ])('%o, at its key: %s', (path, atKey, place) => {
    expect(locate(path, atKey)).toBe(place);
  });

  test('in an empty file at its start', () => {
    const empty = readYaml('', 'f.yaml');
    expect('locate' in empty && empty.locate({ path: ['id'], message: '!' })).toBe('f.yaml:1:1 !');
  });
});
