import { describe, expect, it } from 'vitest';
import { readConfig } from '../../services/runtime/config.ts';

describe('readConfig', () => {
  it.each([
    ['PORT', 'abc', 'PORT: "abc" is not a port (0 to 65535)'],
    ['PORT', '65536', 'PORT: "65536" is not a port (0 to 65535)'],
    ['PORT', '-1', 'PORT: "-1" is not a port (0 to 65535)'],
    ['PORT', '1e3', 'PORT: "1e3" is not a port (0 to 65535)'],
    ['PORT', '', 'PORT: "" is not a port (0 to 65535)'],
    ['TRUSTED_HOPS', '11', 'TRUSTED_HOPS: "11" is not a number of proxies (0 to 10)'],
    ['TRUSTED_HOPS', '1.5', 'TRUSTED_HOPS: "1.5" is not a number of proxies (0 to 10)'],
    ['HOST', '', 'HOST: "" is empty'],
    ['PARTNERS_DIR', '', 'PARTNERS_DIR: "" is empty'],
    ['DATA_DIR', '', 'DATA_DIR: "" is empty'],
  ])('%s=%s is refused by name', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(message);
  });

  it('tells every problem at once', () => {
    expect(() => readConfig({ PORT: 'x', HOST: '', TRUSTED_HOPS: '99' })).toThrow(
      /^PORT: "x".*\nHOST: "".*\nTRUSTED_HOPS: "99".*$/,
    );
  });

  it('has a default for everything, and ignores what is not ours', () => {
    expect(readConfig({ PATH: '/bin' })).toEqual({
      port: 8080,
      host: '127.0.0.1',
      partnersDir: 'partners',
      dataDir: '.linkshare',
      trustedHops: 0,
    });
  });

  it('takes what is set, the least and the most included', () => {
    const env = { PORT: '0', HOST: '::1', PARTNERS_DIR: 'p', DATA_DIR: '/d', TRUSTED_HOPS: '10' };
    expect(readConfig(env)).toEqual({
      port: 0,
      host: '::1',
      partnersDir: 'p',
      dataDir: '/d',
      trustedHops: 10,
    });
    expect(readConfig({ PORT: '65535' }).port).toBe(65_535);
  });
});
