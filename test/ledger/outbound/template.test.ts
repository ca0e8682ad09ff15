import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { macroNames, macros, type Values } from '../../../services/ledger/outbound/macros.ts';
import { makeRequest } from '../../../services/ledger/outbound/request.ts';
import { checkSettings, postbackSettings, shown } from '../../../services/ledger/outbound/settings.ts';
import { forUrl, fill, parseTemplate } from '../../../services/ledger/outbound/template.ts';

const now = new Date('2026-11-24T12:00:00Z');
const says = (changes: Partial<Values> = {}): Values => ({
  ...(Object.fromEntries(macroNames.map((name) => [name, name])) as Values),
  ...changes,
});
const settings = (changes: object) => postbackSettings.parse({ url: 'https://p.example/', ...changes });
const sent = (url: string, values: Partial<Values> = {}, changes = {}) =>
  makeRequest(settings({ url, ...changes }), [], says(values), now);

describe('a template', () => {
  it.each([
    ['https://p.example/?c={clikcId}', 'unknown macro {clikcId}, did you mean "clickId"?'],
    ['https://p.example/?c={clickid}', 'unknown macro {clickid}, did you mean "clickId"?'],
    ['https://p.example/?c={commission}', 'unknown macro {commission}'],
    ['https://p.example/?c={ourCommission}', 'unknown macro {ourCommission}'],
    ['https://p.example/?c={margin}', 'unknown macro {margin}'],
    ['https://p.example/?c={}', 'unknown macro {}'],
    ['https://p.example/?c={clickId:encoded}', 'unknown macro {clickId:encoded}'],
    ['https://p.example/?c={toString}', 'unknown macro {toString}'],
    ['https://p.example/?c={clickId', 'a "{" without its other half'],
    ['https://p.example/?c=clickId}', 'a "}" without its other half'],
    ['https://p.example/?c={{clickId}}', 'a "{" without its other half'],
  ])('%s is refused: %s', (url, why) => {
    const problems = (changes: object) =>
      postbackSettings
        .safeParse({ url: 'https://p.example/', ...changes })
        .error?.issues.map(({ message }) => message);
    expect(problems({ url })).toEqual([expect.stringContaining(why)]);
    expect(problems({ method: 'POST', body: { c: url } })).toEqual([expect.stringContaining(why)]);
  });

  it('has no macro for what we earn', () => {
    expect(Object.keys(macros).filter((name) => /commission|margin/i.test(name))).toEqual([]);
  });

  it('encodes values unless it is told not to', () => {
    const { url } = sent('https://p.example/a/{subId1}?c={clickId}&r={offerName:raw}', {
      subId1: 'a/b?c',
      clickId: 'x&y=z #é',
      offerName: 'a&b=c',
    });
    expect(url.href).toBe('https://p.example/a/a%2Fb%3Fc?c=x%26y%3Dz%20%23%C3%A9&r=a&b=c');
  });

  it('survives half a character', () => expect(forUrl('a\ud800')).toBe('a%EF%BF%BD'));

  it('is read by the other side as what was meant, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (clickId, orderId) => {
        const { url } = sent('https://p.example/?c={clickId}&o={orderId}', { clickId, orderId });
        expect([...url.searchParams]).toEqual([
          ['c', clickId.toWellFormed()],
          ['o', orderId.toWellFormed()],
        ]);
        const { body } = sent(
          'https://p.example/',
          { clickId },
          { method: 'POST', body: { c: 'is {clickId}' } },
        );
        expect(JSON.parse(body!)).toEqual({ c: `is ${clickId}` });
      }),
    );
  });

  it('is the text itself where it holds no macro', () =>
    expect(fill(parseTemplate('a$&b'), says(), forUrl)).toBe('a$&b'));
});

describe('a URL', () => {
  it.each([
    ['p.example/?c={clickId}', 'write it whole'],
    ['//p.example/', 'write it whole'],
    ['http://p.example/', 'only https'],
    ['ftp://p.example/', 'only https'],
    ['file:///etc/passwd', 'only https'],
    ['https://{clickId}.p.example/', 'no macro may stand in the host'],
    ['https://p.example:{clickId}/', 'no macro may stand in the host'],
    ['https://{clickId}', 'no macro may stand in the host'],
    ['https://user:word@p.example/', 'no user or password'],
    ['https://p.example\\@evil.example/', 'no URL can send'],
    ['https://p.example/#{clickId}', 'no URL can send'],
    ['https://p.example/ ?c={clickId}', 'no URL can send'],
    ['https:///x', 'is no host'],
    ['https://127.0.0.1/', 'is loopback'],
    ['https://0x7f.1/', 'is loopback'],
    ['https://2130706433/', 'is loopback'],
    ['https://[::ffff:a9fe:a9fe]/latest', 'is linkLocal'],
    ['https://169.254.169.254/latest/meta-data', 'is linkLocal'],
  ])('%s is refused: %s', (url, why) => expect(() => checkSettings(settings({ url }), {})).toThrow(why));

  it('may be http, and of this machine, where a setting says so', () => {
    const local = settings({ url: 'http://127.0.0.1:8080/?c={clickId}' });
    expect(() => checkSettings(local, { http: true })).toThrow('is loopback');
    checkSettings(local, { http: true, addresses: ['127.0.0.1/32'] });
  });

  it.each([
    ['a GET with a body', { body: { c: 'x' } }, 'a GET has none'],
    ['a signature of nothing', { sign: true }, 'a signature covers the body'],
  ])('goes not with %s', (_, changes, why) =>
    expect(() => checkSettings(settings(changes), {})).toThrow(why),
  );

  it('leads where the template does, whatever its values are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (orderId) => {
        expect(sent('https://p.example/{orderId}?o={orderId}', { orderId }).url.host).toBe('p.example');
      }),
    );
    expect(() => sent('https://p.example{orderId:raw}', { orderId: '.evil.example/' })).toThrow();
    expect(sent('https://p.example/{orderId:raw}', { orderId: '/evil.example/' }).url.host).toBe('p.example');
  });

  it('is shown without what looks like a secret', () => {
    const url = 'https://p.example/?api_key=abc&c={clickId}&Token=x%20y&sig={clickId}';
    expect(shown({ url }).url).toBe('https://p.example/?api_key=***&c={clickId}&Token=***&sig={clickId}');
  });
});

describe('a POST', () => {
  it('says all by default, as texts, and nothing of what we earn', () => {
    const { body, headers } = sent('https://p.example/', { payout: '2.67' }, { method: 'POST' });
    expect(JSON.parse(body!)).toEqual(says({ payout: '2.67' }));
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'deliveryId' });
  });
});
