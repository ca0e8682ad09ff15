import type { RawRequest } from '../contract/raw.ts';
import { allReferences, parseExpression } from './expression.ts';
import { hider, mask } from './hide.ts';
import { maskJson } from './maskJson.ts';
import { bodyText, decode, type Incoming } from './read/request.ts';
import type { Scope } from './read/scope.ts';
import type { Manifest } from './schema.ts';
import { everyProof } from './verify/blocks.ts';

/** Headers that say something of the sender; others (cookies, the proxies' own) are kept only if the manifest names them. */
const ofNote = ['content-type', 'user-agent'];

/**
 * Compiles the making of a request's record: whole, so that it can be read again, but without secrets. Whatever stands where the
 * manifest expects a shared secret is masked (a wrong one may be right elsewhere), and the live secrets are masked wherever they
 * stand. Signatures stay: they are no secrets.
 */
export function compileMask(manifest: Manifest): (request: Incoming, live: readonly string[]) => RawRequest {
  const secretAt = secretPlaces(manifest);
  const parameters = new Set(
    secretAt
      .filter((name) => !/^(header|path)\./.test(name))
      .map((name) => name.replace(/^(query|body)\./, '')),
  );
  const headers = headersToKeep(manifest).map((name) => {
    const isSecret = secretAt.some((at) => `${at.toLowerCase()}.`.startsWith(`header.${name}.`));
    return { name, isSecret };
  });
  const maskPath = pathMask(manifest.path);
  return ({ method, path, query, headers: sent, address, body }, live) => {
    const hide = hider(live);
    const kept: Record<string, string> = {};
    for (const { name, isSecret } of headers) {
      const value = Object.hasOwn(sent, name) ? sent[name] : undefined;
      if (value !== undefined) kept[name] = isSecret ? mask : hide(String(value));
    }
    return {
      method,
      path: hide(maskPath(path)),
      query: hide(maskParameters(query, parameters)),
      headers: kept,
      ...(address !== undefined && { address }),
      ...maskBody(body, parameters, hide),
    };
  };
}

/**
 * Compiles the masking of a single text of a request, for reasons: live secrets go from it, and whatever stands in this request where a
 * secret is expected. That is compared as plain text, since it is a stranger's: only our own secrets become patterns.
 */
export function compileHide(
  manifest: Manifest,
): (scope: Scope, live: readonly string[]) => <T>(text: T) => T {
  const secretAt = secretPlaces(manifest);
  return (scope, live) => {
    const brought = secretAt.flatMap((name) => {
      const found = scope.find(name);
      return found.sent && 'values' in found ? found.values : [];
    });
    const plain = new Set(brought.map((value) => value.trim()).filter((value) => value !== ''));
    // A text that holds a stranger's value goes whole: replaced one after the other, values such as `*` would multiply.
    const hide = (text: string) => {
      const hidden = hider(live)(text);
      return [...plain].some((value) => hidden.includes(value)) ? mask : hidden;
    };
    return (text) => (typeof text === 'string' ? (hide(text) as typeof text) : text);
  };
}

/** Where shared secrets stand: at a place without `by`, the secret itself is there. */
export function secretPlaces(manifest: Pick<Manifest, 'verify'>): string[] {
  const shared = everyProof(manifest).filter(({ at, by }) => at !== undefined && by === undefined);
  return shared.flatMap(({ at }) => allReferences(parseExpression(at!)).map(({ name }) => name));
}

function headersToKeep(manifest: Manifest): string[] {
  const named = [...JSON.stringify(manifest).matchAll(/\bheader\.([\w-]+)/gi)];
  return [...new Set([...ofNote, ...named.map((match) => match[1]!.toLowerCase())])];
}

function pathMask(template: string): (path: string) => string {
  if (!template.includes('{')) return (path) => path;
  const isSecret = template.split('/').map((segment) => segment.includes('{'));
  return (path) => path.split('/').map((segment, i) => (isSecret[i] ? mask : segment)).join('/'); // prettier-ignore
}

function maskParameters(text: string, secret: ReadonlySet<string>): string {
  if (text === '' || secret.size === 0) return text;
  // Readers pass over white space and a byte order mark before the first name.
  const [before = ''] = /^[\s\uFEFF\u00EF\u00BB\u00BF]*/.exec(text) ?? [];
  const pairs = text.slice(before.length).split('&');
  for (const [i, pair] of pairs.entries()) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    if (secret.has(decode(name) ?? name)) pairs[i] = `${name}=${mask}`;
  }
  return before + pairs.join('&');
}

function maskBody(
  bytes: Uint8Array,
  secret: ReadonlySet<string>,
  hide: (text: string) => string,
): Pick<RawRequest, 'body' | 'bodyIn'> {
  if (bytes.length === 0) return {};
  const text = bodyText(bytes);
  // Latin-1 shows every byte as one sign, so that what is no text can be masked like one and stays byte for byte.
  const shown = text ?? Buffer.from(bytes).toString('latin1');
  const isJson = /^[\s\uFEFF]*[[{]/.test(shown);
  const masked = hide(isJson ? maskJson(shown, secret) : maskParameters(shown, secret));
  if (text !== undefined) return { body: masked };
  return { body: Buffer.from(masked, 'latin1').toString('base64'), bodyIn: 'base64' };
}
