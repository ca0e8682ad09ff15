import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCurl } from '../../../services/manifest/tools/readCurl.ts';
import { shellWords } from '../../../services/manifest/tools/shell.ts';

const body = (line: string) => Buffer.from(readCurl(line).body).toString();

describe('what is no curl line', () => {
  it.each([
    ['', 'begins with curl'],
    ['wget http://x/', 'begins with curl'],
    ['curl', 'has no address'],
    ['curl -X', 'curl -X lacks its value'],
    ['curl --frobnicate http://x/', 'curl --frobnicate is not known here: leave it out'],
    ['curl -sSq http://x/', 'curl -q is not known here'],
    ["curl 'http://x/", "a quote (') is not closed"],
    ['curl http://x/ -d "a', 'a quote (") is not closed'],
    ['curl http://x/?a=1 y', 'two addresses: http://x/?a=1 and y'],
    ['curl -F a=b http://x/', 'multipart'],
    ['curl -d @secret.json http://x/', 'reads its data from the file secret.json'],
    ['curl --json @- http://x/', 'reads its data from the file -'],
    ['curl "http://x/?token=$(cat file)"', '$( runs a command, and nothing is run here'],
    ['curl "http://x/?token=`cat file`"', '` runs a command'],
  ])('%j: %s', (line, why) => {
    expect(() => readCurl(line)).toThrow(SyntaxError);
    expect(() => readCurl(line)).toThrow(why);
  });
});

describe('lines as documentation prints them', () => {
  it.each([
    ['curl http://x/a?b=1', 'GET', 'http://x/a?b=1', ''],
    ['$ curl x/a', 'GET', 'http://x/a', ''],
    [`curl -gsS -w '\\n' "http://x/a?b={c}"`, 'GET', 'http://x/a?b={c}', ''],
    ['curl -I http://x/', 'HEAD', 'http://x/', ''],
    ['curl -X put http://x/', 'PUT', 'http://x/', ''],
    ['curl -XPOST http://x/ -d a=1 --data b=2', 'POST', 'http://x/', 'a=1&b=2'],
    ['curl -sda=1 http://x/', 'POST', 'http://x/', 'a=1'],
    ['curl -G http://x/?a=1 -d b=2 --data-urlencode "c=d e"', 'GET', 'http://x/?a=1&b=2&c=d%20e', ''],
    ['curl --get --url http://x/ --data-urlencode "a&b"', 'GET', 'http://x/?a%26b', ''],
    ['curl --data-raw @not-a-file http://x/', 'POST', 'http://x/', '@not-a-file'],
    ['curl -o /dev/null --max-time 3 -k http://x/', 'GET', 'http://x/', ''],
    ['curl \\\n  -X POST \\\r\n  http://x/ \\\n  -d a', 'POST', 'http://x/', 'a'],
  ])('%j', (line, method, url, sent) => {
    expect([readCurl(line).method, readCurl(line).url, body(line)]).toEqual([method, url, sent]);
  });

  it('reads headers, the last of a name, and what stands for one', () => {
    const { headers } = readCurl(`curl http://x/ -H 'X-Sig:  a:b ' -H "x-sig: c" -H 'Empty:' -u a:b -A me -b k=v -e from --json '{}'`); // prettier-ignore
    expect(headers).toEqual({
      'x-sig': 'c',
      'content-type': 'application/json',
      authorization: 'Basic YTpi',
      'user-agent': 'me',
      cookie: 'k=v',
      referer: 'from',
    });
    expect(readCurl('curl -d a=1 http://x/').headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' }); // prettier-ignore
  });

  it("reads what a browser's Copy as cURL writes", () => {
    const line = `curl 'https://go.example.com/shop/event?x=1' \\
  -H 'accept: */*' \\
  -H 'content-type: application/json' \\
  --data-raw $'{"name":"D\\'or \\u0021","tab":"\\t"}' \\
  --compressed`;
    expect(body(line)).toBe('{"name":"D\'or !","tab":"\t"}');
    expect(readCurl(line)).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
  });
});

it('parts a line as a shell does, whatever is quoted in it', () => {
  const single = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      expect(shellWords(words.map(single).join(' '))).toEqual(words);
    }),
  );
});
