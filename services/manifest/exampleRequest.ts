import type { Partner } from './compile.ts';
import type { Example } from './example.ts';
import { joinParameters } from './parameters.ts';
import type { Incoming } from './read/request.ts';
import { everyProof } from './verify/blocks.ts';
import { signatureOf } from './verify/sign.ts';

/** The time at which an example is sent, if nothing else is said. */
const usually = '2026-11-24T00:00:00Z';

/**
 * The request of an example, whole, with the given secrets in it. `{now}` stands for the time of sending in Unix seconds, `{signature}` and
 * `{signature.base64}` for the signature that the partner would make. Throws where only the partner can make it.
 */
export function exampleRequest(
  example: Example,
  { manifest }: Partner,
  secretOf: (name: string) => string,
  now = new Date(example.now ?? usually),
  sign = signatureOf,
): Incoming {
  const fill = (template: string) =>
    template
      .replace(/\{secret\.([a-z0-9-]+)\}/g, (_, name: string) => secretOf(name))
      .replaceAll('{now}', String(Math.floor(now.getTime() / 1000)));
  const asWritten = requestOf(example.request, manifest, fill);
  if (!JSON.stringify(example.request).includes('{signature')) return asWritten;
  const unsigned = requestOf(example.request, manifest, (text) => fill(text).replace(signatureHole, '')); // prettier-ignore
  const mac = sign(manifest, unsigned, secretOf);
  return requestOf(example.request, manifest, (text) =>
    fill(text).replace(signatureHole, (_, inBase64) => mac.toString(inBase64 ? 'base64' : 'hex')),
  );
}

/** What is filled in wherever it stands in a request. */
export const holes = [
  { hole: '{secret.NAME}', means: 'The value of that secret' },
  { hole: '{signature}', means: 'What they would sign this request with, in hex' },
  { hole: '{signature.base64}', means: 'The same in base64' },
  { hole: '{now}', means: 'The time of sending, in Unix seconds' },
];

const signatureHole = /\{signature(\.base64)?\}/g;

function requestOf(
  request: Example['request'],
  manifest: Partner['manifest'],
  fill: (text: string) => string,
): Incoming {
  const { json, query = '', headers = {}, address = addressOf(manifest) } = request;
  const form = request.form === undefined ? undefined : joinParameters(request.form);
  const body = request.body ?? form ?? json;
  const type = typeOf(request);
  return {
    method: request.method ?? (body === undefined ? 'GET' : 'POST'),
    path: fill(request.path ?? pathWithSecrets(manifest)),
    query: fill(joinParameters(query)),
    headers: {
      ...(type && { 'content-type': type }),
      ...Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), fill(value)]),
      ),
    },
    body: Buffer.from(fill(body ?? '')),
    ...(address !== undefined && { address }),
  };
}

function typeOf({ form, json }: Example['request']): string | undefined {
  if (form !== undefined) return 'application/x-www-form-urlencoded';
  return json === undefined ? undefined : 'application/json';
}

/** Where only some addresses may call, an example comes from the first of them. */
const addressOf = (manifest: Partner['manifest']) =>
  everyProof(manifest)
    .flatMap(({ addresses = [] }) => addresses)[0]
    ?.replace(/\/.*$/, '');

/** A manifest's path with `{secret.NAME}` where the secrets go: `/rector/{token}` → `/rector/{secret.postback-token}`. */
export function pathWithSecrets(manifest: Partner['manifest']): string {
  return everyProof(manifest).reduce((filled, { at, secret }) => {
    const hole = /^path\.([a-z]+)$/.exec(at ?? '')?.[1];
    return hole ? filled.replace(`{${hole}}`, `{secret.${secret}}`) : filled;
  }, manifest.path);
}
