import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readStackConfig } from '../../infra/config.ts';
import { exampleConfig } from './mocks.ts';

const whole = {
  ...exampleConfig,
  'linkshare:partners': '["involve","rector"]',
  'linkshare:canary': 'rector',
};
/** What is said of a configuration in which one key is another, or is missing. */
function said(key: string, value?: string): string {
  const { [`linkshare:${key}`]: _, ...rest } = whole as Record<string, string>;
  const config = value === undefined ? rest : { ...rest, [`linkshare:${key}`]: value };
  try {
    readStackConfig(config, 'prod');
  } catch (error) {
    return (error as Error).message;
  }
  return 'fine';
}

describe('a configuration that is wrong', () => {
  it.each([
    ['project', 'My Project', 'is no project id'],
    ['region', 'singapore', 'is no region such as asia-southeast1'],
    ['standbyRegions', '["asia-southeast1"]', 'names a region twice'],
    ['domain', 'https://go.example.com', 'is no host name'],
    ['domain', 'localhost', 'is no host name'],
    ['partners', '[]', 'is empty'],
    ['partners', 'involve', 'expected array'],
    ['partners', '["involve","rector","involve"]', 'names involve twice'],
    ['partners', '["involve","../rector"]', 'is no partner'],
    ['image', 'example.com/linkshare:v1', 'names an image by digest'],
    ['image', 'example.com/linkshare:latest', 'names an image by digest'],
    ['image', `example.com/linkshare:v1@sha256:${'a'.repeat(64)}`, 'names an image by digest'],
    ['canary', 'acme', 'which is not among partners'],
    ['retiring', '["acme"]', 'which is not among partners'],
    ['notificationChannels', '["me@example.com"]', 'is no notification channel'],
    ['production', 'yes', 'is true or false'],
    ['ledger', 'no', 'is true or false'],
    ['ledgerImage', 'example.com/linkshare:v1', 'names an image by digest'],
    ['databaseTier', 'db-n1-standard-1', 'is no machine of Cloud SQL Enterprise'],
    ['highAvailability', '1', 'is true or false'],
    ['reconcileHour', '24', 'is 0 to 23'],
    ['reconcileHour', 'night', 'is no hour'],
    ['edgeRequestsPerMinute', '0', 'is at least 1'],
    ['edgeRequestsPerMinute', 'many', 'is no whole number'],
    ['limits', '{"backends":3}', 'limits'],
  ])('%s: %s', (key, value, what) => {
    const message = said(key, value);
    expect(message).toMatch(new RegExp(`^infra/Pulumi\\.prod\\.yaml: linkshare:${key}`));
    expect(message).toContain(what);
    expect(message).toContain(`write linkshare:${key}: `);
  });

  it.each(['project', 'region', 'domain', 'partners', 'image', 'canary'])('without %s', (key) => {
    expect(said(key)).toMatch(
      new RegExp(`linkshare:${key} is missing\\. It is .*: write linkshare:${key}: `),
    );
  });

  it('with a key that nobody knows', () => {
    expect(said('partnres', '[]')).toMatch(/unknown key linkshare:partnres; known are project, region/);
  });

  it('is told whole, not up to the first problem', () => {
    const { 'linkshare:domain': _, ...rest } = whole;
    expect(() => readStackConfig({ ...rest, 'linkshare:region': 'x' }, 'prod')).toThrow(
      /region.*\n.*domain is missing/,
    );
  });
});

describe('a configuration that is right', () => {
  it('is protected as production unless it says otherwise', () => {
    expect(readStackConfig(whole, 'prod')).toMatchObject({
      production: true,
      ledger: true,
      highAvailability: false,
      databaseTier: 'db-custom-1-3840',
      reconcileHour: 20,
      standbyRegions: [],
      retiring: [],
    });
    expect(readStackConfig({ ...whole, 'linkshare:production': 'false' }, 'prod').production).toBe(false);
  });

  it('leaves the settings of other packages alone', () => {
    expect(readStackConfig({ ...whole, 'gcp:project': 'x' }, 'prod').project).toBe('example-project');
  });

  it('is the example beside Pulumi.yaml, once it has an image', () => {
    const { config } = parse(readFileSync('infra/Pulumi.example.yaml', 'utf8')) as {
      config: Record<string, unknown>;
    };
    const held = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)])); // prettier-ignore
    expect(
      readStackConfig({ ...held, 'linkshare:image': exampleConfig['linkshare:image'] }, 'example').partners,
    ).not.toEqual([]);
  });
});
