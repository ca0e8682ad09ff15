import type { Partner } from './compile.ts';
import { exampleRequest, type Example } from './example.ts';
import { allReferences, parseExpression } from './expression.ts';
import type { Incoming } from './read/request.ts';
import { Scope } from './read/scope.ts';
import type { VerifyBlock } from './schema.ts';
import { signingBlock } from './verify/sign.ts';
import { compileSigned } from './verify/signed.ts';

/** Stand-ins for what only the shell knows: a secret by its name, the time of sending, the signature. */
const secretMark = (name: string) => `\u0001${name}\u0002`;
const timeMark = '\u0003';
const signatureMark = '\u0004';

/**
 * A shell line that sends an example to a gateway at `origin`. `secretOf` gives what the shell shall put for a secret, such as
 * `$(cat file)`, so that the line itself holds none. Where the partner signs with our secret, openssl signs anew: a signature has its time.
 */
export function curlLine(
  example: Example,
  partner: Partner,
  origin: string,
  secretOf: (name: string) => string,
): string {
  const quote = (text: string) => `"${shellText(text, secretOf)}"`;
  const plain = exampleRequest(example, partner, secretMark, undefined, () => Buffer.alloc(32, 0xa5));
  const block = signingBlock(partner.manifest);
  const { method, path, query, headers, body } = block ? marked(plain, block) : plain;
  const payload = Buffer.from(body).toString();
  const signing = block ? signingLines(block, { ...plain, ...marked(plain, block) }, payload, secretOf, isHex(plain, block)) : []; // prettier-ignore
  return [
    ...(payload && block ? [...(signing[0]?.startsWith('ts=') ? [signing.shift()!] : []), `body=${quote(payload)};`] : []), // prettier-ignore
    ...signing,
    String.raw`curl -gsS -w '\n'`,
    ...(method === (payload ? 'POST' : 'GET') ? [] : [`-X ${method}`]),
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${String(value)}`)}`),
    ...(payload
      ? [`--data-raw ${block && !payload.includes(signatureMark) ? '"$body"' : quote(payload)}`]
      : []),
    quote(origin + path + (query && `?${query}`)),
  ].join(' ');
}

/** For between double quotes. */
const shellText = (text: string, secretOf: (name: string) => string) =>
  text
    .replace(/[\\"$`]/g, '\\$&')
    .replace(/\u0001(.*?)\u0002/g, (_, name: string) => secretOf(name))
    .replaceAll(timeMark, '$ts')
    .replaceAll(signatureMark, '$sig');

/** The request with marks where the shell puts a new time and a new signature. */
function marked(request: Incoming, block: VerifyBlock): Incoming {
  const values = [
    [valueAt(request, block.sentAt), timeMark],
    [valueAt(request, block.at), signatureMark],
  ] as const;
  const mark = (text: string) =>
    values.reduce((all, [value, by]) => (value ? all.replaceAll(value, by).replaceAll(encodeURIComponent(value), by) : all), text); // prettier-ignore
  return {
    ...request,
    query: mark(request.query),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, mark(String(value))]),
    ),
    body: Buffer.from(mark(Buffer.from(request.body).toString())),
  };
}

function valueAt(request: Incoming, place: string | undefined): string | undefined {
  const names = place === undefined ? [] : allReferences(parseExpression(place)).map(({ name }) => name);
  const found = names.map((name) => new Scope(request).find(name)).find(({ sent }) => sent);
  return found && 'values' in found ? found.values[0] : undefined;
}

const isHex = (request: Incoming, { at }: VerifyBlock) => /^[0-9a-f]*$/i.test(valueAt(request, at) ?? '');

/** Shell that makes `$sig`, and `$ts` before it. */
function signingLines(
  block: VerifyBlock,
  request: Incoming,
  payload: string,
  secretOf: (name: string) => string,
  hex: boolean,
): string[] {
  const keyOf = (name: string) => derived(block, secretOf(name));
  const secret = keyOf(block.secret!);
  const signed = compileSigned(block)(new Scope(request), secretMark(block.secret!));
  if ('why' in signed) return [];
  const text = signed.bytes.toString();
  const shown = (part: string) => shellText(part, keyOf);
  const whole =
    payload && text.includes(payload) ? text.split(payload).map(shown).join('$body') : shown(text);
  const digest = `openssl dgst -${block.by!.replace('hmac-', '')} ${keyOption(block, secret)}`;
  const cut = block.length === undefined ? '' : ` | head -c ${block.length}`;
  const write = hex ? `${cut} | od -An -v -tx1 | tr -d ' \\n'` : `${cut} | openssl base64 -A`;
  return [
    ...(block.sentAt === undefined ? [] : ['ts=$(date +%s);']),
    `sig=$(printf %s "${whole}" | ${digest}-binary${write});`,
  ];
}

/** The hex of a hash of the secret, where that is the key. */
const derived = ({ secretIs }: VerifyBlock, secret: string) =>
  secretIs === 'sha1' || secretIs === 'md5'
    ? `$(printf %s "${secret}" | openssl ${secretIs} -r | cut -d' ' -f1)`
    : secret;

/** A key that is no text is given in hex; base64 may come labelled, and in both alphabets. */
function keyOption({ by, secretIs }: VerifyBlock, secret: string): string {
  if (!by!.startsWith('hmac-')) return '';
  if (secretIs === 'hex') return `-mac HMAC -macopt "hexkey:${secret}" `;
  if (secretIs !== 'base64') return `-hmac "${secret}" `;
  const toHex = `node -p "Buffer.from(String(require('fs').readFileSync(0)).replace('whsec_', ''), 'base64').toString('hex')"`;
  return `-mac HMAC -macopt "hexkey:$(printf %s "${secret}" | ${toHex})" `;
}
