import { describe, expect, test } from 'vitest';
import { pieces } from '../../../services/manifest/read/pieces.ts';

describe('every piece of a header that bears a label', () => {
  test.each([
    ['t=17,v1=ab,v1=cd', 'v1', ['ab', 'cd']],
    ['t=17,v1=ab,v1=cd', 't', ['17']],
    ['t=17, v1=ab, v0=xy', 'v1', ['ab']],
    ['t=17;v1=ab', 'v1', ['ab']],
    ['v1,abc= v1,def= v1a,xyz', 'v1', ['abc=', 'def=']],
    ['v1,abc v1a,xyz', 'v1a', ['xyz']],
    ['sha256=757107ea', 'sha256', ['757107ea']],
    ['SHA256=757107EA', 'sha256', ['757107EA']],
    ['Bearer abc.def-ghi_jkl~mno+/==', 'bearer', ['abc.def-ghi_jkl~mno+/==']],
    ['bearer   abc', 'bearer', ['abc']],
    ['BEARER abc', 'bearer', ['abc']],
    ['Basic dXNlcjpwYXNz', 'basic', ['dXNlcjpwYXNz']],
    ['Basic dXNlcjpwYXNzMQ==', 'basic', ['dXNlcjpwYXNzMQ==']],
    ['Bearer one, Bearer two', 'bearer', ['one', 'two']],
  ])('%s: %s', (header, label, values) => {
    expect(pieces(header, label)).toEqual(values);
  });
});

describe('there is none', () => {
  test.each([
    ['', 'v1'],
    ['Bearer', 'bearer'],
    ['Bearer ', 'bearer'],
    ['abc', 'bearer'],
    ['Basic abc', 'bearer'],
    ['xBearer abc', 'bearer'],
    ['v10=ab', 'v1'],
    ['xv1=ab', 'v1'],
    ['sha256:ab', 'sha256'],
    ['v1=', 'v1'],
  ])('%j: %s', (header, label) => {
    expect(pieces(header, label)).toEqual([]);
  });
});
