import { describe, expect, it } from 'vitest';
import { sign, textToSign } from '../../services/linkshare/sign.ts';
import { expectedSign } from './stand-in/signature.ts';

const secret = 'e59af819cc';
const shops = { path: '/authorization/202309/shops', query: { app_key: '29a39d', timestamp: 1623812664 } };
const orders = {
  path: '/affiliate_creator/202410/orders/search',
  query: { timestamp: 1623812664, page_size: 20, app_key: '29a39d' },
  body: '{"create_time_ge":1719807456,"create_time_lt":1728443155}',
};

describe('sign', () => {
  it('makes the signature that TikTok publishes', () => {
    expect(sign(shops, secret)).toBe('b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8');
  });

  it('makes that of a POST with its body', () => {
    expect(textToSign(orders)).toBe(
      `${orders.path}app_key29a39dpage_size20timestamp1623812664${orders.body}`,
    );
    expect(sign(orders, secret)).toBe('56406297ab514710e33dce07006baeaa58802a6f3602af8bb804a826842b34d1');
  });

  it('leaves out sign, access_token, lists and what is not there, and sorts by bytes', () => {
    const query = {
      b: 1,
      a_: 2,
      aB: 3,
      Z: 4,
      sign: 'x',
      access_token: 'y',
      list: ['p', 'q'],
      none: undefined,
    };
    expect(textToSign({ path: '/p', query })).toBe('/pZ4aB3a_2b1');
  });

  it('signs decoded what is sent encoded, as the other side reads it', () => {
    const query = { title: 'a b&c=ü/+%', app_key: 'k', timestamp: 1 };
    const url = new URL('/p', 'http://x');
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    expect(expectedSign(url.pathname + url.search, '', secret)).toBe(sign({ path: '/p', query }, secret));
    expect(expectedSign(url.pathname + url.search, '', secret)).not.toBe(
      sign({ path: '/p', query: { ...query, title: 'a' } }, secret),
    );
  });
});
