import type { Partner } from './compile.ts';
import { exampleRequest, pathWithSecrets, type Example } from './example.ts';
import { parseTemplate } from './expression.ts';
import { secretPlaces } from './mask.ts';
import { joinParameters } from './parameters.ts';
import type { VerifyBlock } from './schema.ts';

/** What to enter on the partner's side: the URL with its macros, and headers where the secret goes in one. Holds live secrets. */
export interface Setup {
  url: string;
  headers: Record<string, string>;
  where: string | undefined;
}

/** Makes the URL to paste from `setup`, the path and the secret. `origin` is ours: `https://go.example.com`. */
export function setupOf({ manifest }: Partner, origin: string, secretOf: (name: string) => string): Setup {
  const block = firstProof(manifest.verify);
  const fill = (text: string) =>
    text.replace(/\{secret\.([a-z0-9-]+)\}/g, (_, name: string) => encodeURIComponent(secretOf(name)));
  const [place = ''] = block?.by === undefined ? secretPlaces({ ...manifest, verify: block ?? [] }) : [];
  const secret = block?.secret === undefined ? '' : secretOf(block.secret);
  const parts = [secretParameter(place, secret), joinParameters(manifest.setup?.paste ?? '')];
  const query = joinParameters(parts.filter((part) => part !== ''));
  return {
    url: `${origin}${fill(pathWithSecrets(manifest))}${query && `?${query}`}`,
    headers: secret && place.startsWith('header.') ? secretHeader(place, secret) : {},
    where: manifest.setup?.where,
  };
}

function secretParameter(place: string, secret: string): string {
  if (place === '' || secret === '' || /^(header|path)\./.test(place)) return '';
  return `${place.replace(/^query\./, '')}=${encodeURIComponent(secret)}`;
}

/** The first way of verifying is the one a new template should use; later ones are older. */
const firstProof = (verify: Partner['manifest']['verify']) =>
  [verify].flat().find(({ none }) => none === undefined);

function secretHeader(place: string, secret: string): Record<string, string> {
  const [, name = '', label] = place.split('.');
  if (label?.toLowerCase() === 'basic') return { [name]: `Basic ${Buffer.from(secret).toString('base64')}` };
  return { [name]: label ? `${label} ${secret}` : secret };
}

/**
 * A shell line that sends an example to a gateway at `origin`. `secretOf` gives what the shell shall put for a secret, such as
 * `$(cat file)`, so that the line itself holds none. Where the partner signs, openssl signs anew: a signature has its time.
 */
export function curlLine(
  example: Example,
  partner: Partner,
  origin: string,
  secretOf: (name: string) => string,
): string {
  const hole = (name: string) => `\u0001${name}\u0002`;
  const { method, path, query, headers, body } = exampleRequest(example, partner, hole);
  const quote = (text: string) =>
    `"${text.replace(/[\\"$`]/g, '\\$&').replace(/\u0001(.*?)\u0002/g, (_, name: string) => secretOf(name))}"`;
  const signing = signatureLines([partner.manifest.verify].flat()[0]!, headers, quote, secretOf);
  const payload = Buffer.from(body).toString();
  const shown =
    signing?.headers ?? Object.entries(headers).map(([name, value]) => quote(`${name}: ${String(value)}`));
  return [
    ...(payload && signing ? [`body=${quote(payload)};`] : []),
    ...(signing?.before ?? []),
    String.raw`curl -gsS -w '\n'`,
    ...(method === (payload ? 'POST' : 'GET') ? [] : [`-X ${method}`]),
    ...shown.map((header) => `-H ${header}`),
    ...(payload ? [`--data-raw ${signing ? '"$body"' : quote(payload)}`] : []),
    quote(origin + path + (query && `?${query}`)),
  ].join(' ');
}

/** Shell that signs: the time of sending in `$ts`, the signature in `$sig`. Undefined where nothing is signed. */
function signatureLines(
  { by, of, at, sentAt, secret }: VerifyBlock,
  headers: Record<string, unknown>,
  quote: (text: string) => string,
  secretOf: (name: string) => string,
): { before: string[]; headers: string[] } | undefined {
  if (!by || !at || !secret) return undefined;
  const sent = sentAt?.replace(/^header\./, '');
  const write = (name: string) =>
    name === 'body' ? '$body' : name === sentAt ? '$ts' : String(headers[name.replace(/^header\./, '')]);
  const text = parseTemplate(of ?? '{body}').map((part) => (typeof part === 'string' ? part : write(part.name))).join(''); // prettier-ignore
  const digest = `openssl dgst -${by.replace('hmac-', '')} -hmac "${secretOf(secret)}" -r | cut -d" " -f1`;
  const [, signatureHeader = ''] = at.split('.');
  const lines = Object.entries(headers).map(([name, value]) => {
    if (name === sent) return `"${name}: $ts"`;
    return name === signatureHeader
      ? `"${name}: ${String(value).replace(/[0-9a-f]{40,128}/i, '$sig')}"`
      : quote(`${name}: ${String(value)}`);
  });
  return {
    before: [...(sent ? ['ts=$(date +%s);'] : []), `sig=$(printf %s "${text}" | ${digest});`],
    headers: lines,
  };
}
