import { describe, expect, test } from 'vitest';
import { compileAnswers } from '../../services/manifest/answers.ts';
import { problemsOf } from '../support/manifest.ts';

const plain = 'text/plain; charset=utf-8';

test.each([
  ['200 OK', 200, plain, 'OK'],
  ['200 1', 200, plain, '1'],
  ['202 DUP again', 202, plain, 'DUP again'],
  ['204', 204, plain, ''],
  ['200 {"ok":true}', 200, 'application/json; charset=utf-8', '{"ok":true}'],
  ['200 [ ]', 200, 'application/json; charset=utf-8', '[ ]'],
  ['200 <ok/>', 200, 'application/xml; charset=utf-8', '<ok/>'],
  ['200 <?xml version="1.0"?><r/>', 200, 'application/xml; charset=utf-8', '<?xml version="1.0"?><r/>'],
  ['200 < 5', 200, plain, '< 5'],
  ['200 text/html <p>Thanks</p>', 200, 'text/html; charset=utf-8', '<p>Thanks</p>'],
  ['200 text/plain {success}', 200, plain, '{success}'],
  ['200 text/plain', 200, plain, 'text/plain'],
  ['200 đã nhận', 200, plain, 'đã nhận'],
])('%s is a status, a type and a body', (kept, status, type, body) => {
  expect(compileAnswers({ kept })).toEqual({ kept: { status, type, body } });
});

test('what is not said is not there', () => {
  expect(compileAnswers(undefined)).toEqual({});
  expect(Object.keys(compileAnswers({ repeat: '200 DUP' }))).toEqual(['repeat']);
});

describe('an answer within the limits loads', () => {
  test.each([
    { kept: '200 OK', repeat: '200 DUP', probe: '204', quarantined: '200 {"later":true}' },
    { refused: '401 ERROR: invalid sha signature' },
    { refused: '403' },
    { 'not kept': '503 later' },
    { 'not kept': '429 {"retry":true}' },
  ])('%o', (answers) => {
    expect(problemsOf({ answers })).toEqual([]);
  });
});

describe('any other does not', () => {
  test.each<[object, string]>([
    [{ kept: '404 OK' }, 'write a code and a text: 200 OK'],
    [{ kept: '503 OK' }, 'write a code and a text: 200 OK'],
    [{ kept: '205' }, 'write a code and a text: 200 OK'],
    [{ kept: '200 a\nb' }, 'write a code and a text: 200 OK'],
    [{ kept: '204 OK' }, '204 carries no text'],
    [{ refused: '200 OK' }, 'write a code that is final (401, 403 ..)'],
    [{ refused: '429 later' }, 'write a code that is final (401, 403 ..)'],
    [{ refused: '503 x' }, 'write a code that is final (401, 403 ..)'],
    [{ 'not kept': '200 OK' }, 'write a code that means "try again"'],
    [{ 'not kept': '404' }, 'write a code that means "try again"'],
    [{ kept: '200 {"ok":true' }, 'begins like JSON and is none'],
    [{ kpt: '200 OK' }, 'did you mean "kept"?'],
  ])('%o', (answers, message) => {
    const problems = problemsOf({ answers });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });
});
