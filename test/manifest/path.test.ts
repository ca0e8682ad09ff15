import { describe, expect, test } from 'vitest';
import { compilePath } from '../../services/manifest/path.ts';

describe('a path is theirs', () => {
  test.each([
    ['/involve/event', '/involve/event', {}],
    ['/involve/event', '/involve/event/', {}],
    ['/rector/{token}', '/rector/abc', { token: 'abc' }],
    ['/rector/{token}', '/rector/abc/', { token: 'abc' }],
    ['/rector/{token}', '/rector/a%2Fb%20c', { token: 'a/b c' }],
    ['/rector/{token}', '/rector/a+b', { token: 'a+b' }],
    ['/rector/{token}', '/rector/a%2Bb', { token: 'a+b' }],
    ['/rector/{token}', '/rector/%FF', { token: '' }],
    ['/a/{one}/x/{two}', '/a/1/x/2', { one: '1', two: '2' }],
    ['/a/v1.0~x', '/a/v1.0~x', {}],
    ['/a/{constructor}', '/a/1', { constructor: '1' }],
  ])('%s: %s', (path, requested, values) => {
    expect(compilePath(path)(requested)).toEqual(values);
  });
});

describe('a path is not theirs', () => {
  test.each([
    ['/involve/event', '/involve'],
    ['/involve/event', '/involve/event/more'],
    ['/involve/event', '/involve/event//'],
    ['/involve/event', '/x/involve/event'],
    ['/involve/event', '/Involve/event'],
    ['/involve/event', '/involve%2Fevent'],
    ['/involve/event', '/involve/event?x'],
    ['/involve/event', '/involve/event\n'],
    ['/involve/event', ''],
    ['/rector/{token}', '/rector/'],
    ['/rector/{token}', '/rector/a/b'],
    ['/a/v1.0', '/a/v1x0'],
  ])('%s: %j', (path, requested) => {
    expect(compilePath(path)(requested)).toBeUndefined();
  });
});
