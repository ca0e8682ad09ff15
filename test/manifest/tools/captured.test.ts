import { describe, expect, it } from 'vitest';
import { readCaptured } from '../../../services/manifest/tools/captured.ts';

const raw = { method: 'POST', path: '/shop', query: 'token=***', headers: { 'x-a': 'b' }, body: '{"id":1}' };
const asText = (text: string) => {
  const { body, ...rest } = readCaptured(text).request;
  return { ...rest, body: Buffer.from(body).toString() };
};

describe('what is no captured request', () => {
  it.each([
    ['', 'is no captured request'],
    ['hello', '"hello" is no captured request: give an address'],
    ['ftp://x/y', 'is no captured request'],
    ['http://', 'is no captured request'],
    ['http://[x/', 'is no address'],
    ['{"a":', 'begins like JSON and is none'],
    ['{"a":1}', 'no request is in this JSON'],
    ['[]', 'no request is in this JSON'],
    ['{"raw":{"method":"GET"}}', 'no request is in this JSON'],
    ['POST /a HTTP/1.1\nno header\n\nx', '"no header" is no header'],
    ['curl -F x=y http://x/', 'multipart'],
  ])('%j: %s', (text, why) => {
    expect(() => readCaptured(text)).toThrow(SyntaxError);
    expect(() => readCaptured(text)).toThrow(why);
  });
});

describe('addresses, curl lines, HTTP', () => {
  it.each([
    ['https://go.example.com/shop/event?a=%7Bx%7D&b=c+d#top', '/shop/event', 'a=%7Bx%7D&b=c+d'],
    ['HTTP://x?a={b}', '/', 'a={b}'],
    ['curl "http://x/y?z=1"', '/y', 'z=1'],
    ['GET /y?z=1 HTTP/1.1\nHost: x', '/y', 'z=1'],
    ['GET /y?z=1', '/y', 'z=1'],
  ])('%j stays as it was written', (text, path, query) => {
    expect(asText(text)).toMatchObject({ method: 'GET', path, query, body: '' });
  });

  it.each(['\n', '\r\n'])('reads an HTTP request with its headers and body, lines ending in %j', (end) => {
    const text = ['POST /shop?a=1 HTTP/1.1', 'Host: x', 'X-Sig: v1=ab', '', '{"id": 1,', ' "b": 2}', ''].join(end); // prettier-ignore
    expect(asText(text)).toEqual({
      method: 'POST',
      path: '/shop',
      query: 'a=1',
      headers: { host: 'x', 'x-sig': 'v1=ab' },
      body: `{"id": 1,${end} "b": 2}`,
    });
  });
});

describe('lines of ours', () => {
  const at = '2026-11-24T00:00:00.000Z';
  it.each([
    ['a line of the journal', { message: 'journal', receivedAt: at, verdict: 'verified', request: raw }, 'verified'],
    ['a record of the quarantine', { receivedAt: at, verified: false, reasons: [], raw }, 'unverified'],
    ['a refused record', { receivedAt: at, conversionId: '1', why: 'brings a wrong secret', raw }, 'refused'],
    ['an event', { receivedAt: at, verified: true, status: 'approved', conversionId: '1', raw }, 'verified'],
    ['what linkshare events prints', [{ id: 'x', data: { receivedAt: at, verified: true, raw } }], 'verified'],
    ['what gcloud exports', [{ jsonPayload: { message: 'journal', receivedAt: at, verdict: 'not decided', request: raw } }], undefined],
  ])('%s', (_, record, verdict) => {
    const { request, record: found } = readCaptured(JSON.stringify(record));
    expect(request).toMatchObject({ path: '/shop', query: 'token=***', body: Buffer.from('{"id":1}') });
    expect(found).toEqual({ receivedAt: new Date(at), verdict });
  }); // prettier-ignore

  it('takes the first line that holds a request', () => {
    const log = ['{"message":"listening"}', 'no JSON', JSON.stringify({ request: raw })].join('\n');
    expect(readCaptured(log)).toMatchObject({
      request: { path: '/shop' },
      record: { receivedAt: undefined },
    });
  });
});
