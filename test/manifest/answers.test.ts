import { expect, test } from 'vitest';
import { compileAnswers } from '../../services/manifest/answers.ts';

test.each([
  ['200 OK', { status: 200, body: 'OK' }],
  ['202 DUP again', { status: 202, body: 'DUP again' }],
  ['204', { status: 204, body: '' }],
])('%s is a status and a body', (kept, answer) => {
  expect(compileAnswers({ kept })).toEqual({ kept: answer });
});

test('what is not said is not there', () => {
  expect(compileAnswers(undefined)).toEqual({});
  expect(Object.keys(compileAnswers({ repeat: '200 DUP' }))).toEqual(['repeat']);
});
