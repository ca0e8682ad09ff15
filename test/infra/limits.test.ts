import { describe, expect, it } from 'vitest';
import { defaultLimits, firstLimitHit, largestVariable, manifestVariable } from '../../infra/limits.ts';
import { addressesOf, endingSoon, loadListed } from '../../infra/partners.ts';
import { loadPartner } from '../../services/manifest/load/load.ts';
import { checkStack } from '../../infra/check.ts';
import { readStackConfig, type StackConfig } from '../../infra/config.ts';
import { exampleConfig } from './mocks.ts';

const nothing = Object.fromEntries(Object.keys(defaultLimits).map((name) => [name, 0])) as Record<
  keyof typeof defaultLimits,
  number
>;
const usual = { limits: {} };
const both = loadListed('test/infra/fixtures', ['plain', 'signed']);
/** What a preview of both fixtures says, with another configuration. */
function warningsOf(more: Partial<StackConfig>, now = '2026-11-24'): string[] {
  const config = readStackConfig(
    { ...exampleConfig, 'linkshare:partners': '["plain","signed"]', 'linkshare:canary': 'plain' },
    'example',
  );
  const said: string[] = [];
  checkStack({ ...config, limits: {}, ...more }, both, (text) => void said.push(text), new Date(now));
  return said;
}

describe('limits', () => {
  it('are not hit by what just fits', () => {
    expect(firstLimitHit(defaultLimits, usual)).toBeUndefined();
  });

  it.each(Object.keys(defaultLimits) as (keyof typeof defaultLimits)[])(
    '%s: one more is told, with what to do',
    (name) => {
      const hit = firstLimitHit({ ...nothing, [name]: defaultLimits[name] + 1 }, usual);
      expect(hit).toMatch(
        new RegExp(
          `^${defaultLimits[name] + 1} .* are needed and the project may have ${defaultLimits[name]}: `,
        ),
      );
      expect(hit).toContain(`linkshare:limits: { ${name}: .. }`);
    },
  );

  it('name the one that is hit first as partners are added', () => {
    expect(firstLimitHit({ ...nothing, serviceAccounts: 101, backendServices: 101 }, usual)).toMatch(
      /^101 backend services/,
    );
  });

  it('are those that the configuration says', () => {
    expect(
      firstLimitHit({ ...nothing, serviceAccounts: 150 }, { limits: { serviceAccounts: 300 } }),
    ).toBeUndefined();
  });

  it('stop a stack that does not fit, and are told of before they are reached', () => {
    expect(() => warningsOf({ limits: { backendServices: 2 } })).toThrow(
      /^3 backend services are needed and the project may have 2/,
    );
    expect(warningsOf({ limits: { backendServices: 3 } })).toEqual([
      expect.stringMatching(/^Nearly used up: 3 backend services/),
    ]);
    expect(warningsOf({})).toEqual([]);
  });
});

describe('a preview warns', () => {
  it('of a way of verifying that ends', () => {
    expect(warningsOf({}, '2999-12-20')).toEqual([expect.stringMatching(/^plain: .* until 2999-12-31 only/)]);
  });

  it('of alerts that reach nobody', () => {
    expect(warningsOf({ notificationChannels: [] })).toEqual([
      expect.stringMatching(/no alert reaches anybody/),
    ]);
  });
});

describe('a manifest as a variable', () => {
  it('is the JSON that the service reads', () => {
    expect(manifestVariable('x', { id: 'x' })).toBe('{"id":"x"}');
  });

  it('is counted in bytes, and one too many is told', () => {
    const fits = { id: 'đ'.repeat((largestVariable - '{"id":""}'.length) / 2 - 0.5) };
    expect(Buffer.byteLength(manifestVariable('x', fits))).toBe(largestVariable - 1);
    expect(() => manifestVariable('x', { id: `${fits.id}đ` })).toThrow(
      /^partners\/x\/manifest.yaml: as JSON it has 32001 bytes and Cloud Run takes 32000/,
    );
  });
});

describe('a way of verifying that ends', () => {
  const plain = loadPartner('test/infra/fixtures/partners/plain');
  it.each([
    ['2999-12-16T23:59:59Z', 0],
    ['2999-12-17T00:00:00Z', 1],
    ['3000-01-01T00:00:00Z', 1],
  ])('at %s is told %i times', (now, times) => {
    expect(endingSoon([plain], new Date(now))).toHaveLength(times);
  });
});

it('addresses are those of all ways of verifying, once each', () => {
  const signed = loadPartner('test/infra/fixtures/partners/signed');
  const twice = {
    ...signed,
    manifest: { ...signed.manifest, verify: [signed.manifest.verify, signed.manifest.verify].flat() },
  };
  expect(addressesOf(twice)).toEqual(addressesOf(signed));
  expect(addressesOf(signed)).toHaveLength(11);
});
