import type { Incoming } from '../read/request.ts';
import { Scope } from '../read/scope.ts';
import type { VerifyBlock } from '../schema.ts';
import { compileParams } from '../verify/params.ts';
import { digestOf, type Digest } from './digest.ts';
import { signedHeader } from './guessHeader.ts';
import type { Leaf } from './leaves.ts';
import { isSecretName, isSignatureName } from './names.ts';

/** How the request seems to prove itself, and where its secret or signature stands, so that an example can be written without it. */
export interface GuessedProof {
  verify: VerifyBlock;
  path: string;
  /** What to write instead of a value, by where it is: `header.x-signature`, a parameter, `path`. */
  instead: { place: string; value: string; by: string }[];
  assumed: string[];
}

/** Guesses how a request is verified: a signature, a secret it brings, or else a token that our own address will bring. */
export function guessProof(id: string, request: Incoming, leaves: Leaf[]): GuessedProof {
  return (
    inHeader(id, request) ?? inParameter(id, request, leaves) ?? inPath(id, request) ?? ours(id, request)
  );
}

const secretHole = (name: string) => `{secret.${name}}`;

/** The path on our side is ours to choose: theirs is kept only where it is one that we could have given them. */
const pathOf = (id: string, { path }: Incoming) =>
  path === `/${id}` || (path.startsWith(`/${id}/`) && /^(\/[\w.~-]+)+$/.test(path)) ? path : `/${id}/postback`; // prettier-ignore

function inHeader(id: string, request: Incoming): GuessedProof | undefined {
  for (const [name, sent] of Object.entries(request.headers)) {
    const value = String(sent);
    const place = `header.${name}`;
    if (name === 'authorization') {
      const [, scheme = '', rest = ''] = /^(\w+)\s+(\S+)$/.exec(value) ?? [];
      if (rest !== '') return shared(id, request, `${place}.${scheme.toLowerCase()}`, { place, value: rest });
    } else if (/(signature|hmac|sign|sig|digest)$/.test(name)) {
      const signed = signedHeader(request, name, value);
      if (signed) return { ...signed, path: pathOf(id, request) };
    }
    if (isSecretName(name)) return shared(id, request, place, { place, value });
  }
  return undefined;
}

function inParameter(id: string, request: Incoming, leaves: Leaf[]): GuessedProof | undefined {
  const path = pathOf(id, request);
  for (const { place, names, value, isInItem } of leaves) {
    const digest = names.some(isSignatureName) ? digestOf(value) : undefined;
    if (digest && canBeSigned(request, place)) return { ...signedParameter(place, digest), path, instead: [{ place, value, by: digest.hole }] }; // prettier-ignore
    if (
      !digest &&
      names.some((name) => isSecretName(name) || isSignatureName(name)) &&
      value !== '' &&
      !isInItem
    )
      return shared(id, request, place, { place, value });
  }
  return undefined;
}

/** Whether all parameters but the signature can be written as one text: none comes twice, and none is a structure. */
function canBeSigned(request: Incoming, place: string): boolean {
  const text = compileParams(pair, new Set([place]))(new Scope(request), '');
  return !place.includes('.') && text !== undefined && !text.includes('\u0000');
}

const pair = '{key}={value}&';

/** Which text is signed nobody can see. Short hashes are mostly plain ones with the secret in their text. */
function signedParameter(at: string, { hash }: Digest): Pick<GuessedProof, 'verify' | 'assumed'> {
  const isPlain = hash === 'md5' || hash === 'sha1';
  const verify: VerifyBlock = { secret: 'signing-secret', at, by: isPlain ? hash : `hmac-${hash}`, of: isPlain ? '{params}{secret}' : '{params}', pair }; // prettier-ignore
  const how = isPlain ? `the ${hash} of all other parameters, sorted, as key=value joined by &, and the secret` : `an HMAC-${hash.toUpperCase()} of all other parameters, sorted, as key=value joined by &`; // prettier-ignore
  return { verify, assumed: [`${at} is ${how}: their documentation says what is signed`] };
}

/** A segment that nobody types by hand. */
function inPath(id: string, request: Incoming): GuessedProof | undefined {
  const segment = request.path.split('/').find((part) => /^[\w~-]{20,}$/.test(part) && /\d/.test(part));
  if (segment === undefined) return undefined;
  return {
    verify: { secret: 'postback-token', at: 'path.token' },
    path: `/${id}/{token}`,
    instead: [],
    assumed: ['the long part of the path is the secret: we give them an address of ours that has one'],
  };
}

function shared(
  id: string,
  request: Incoming,
  at: string,
  { place, value }: { place: string; value: string },
): GuessedProof {
  const name = place.startsWith('header.') ? 'postback-secret' : 'postback-token';
  const isBasic = /\.basic$/.test(at);
  return {
    verify: { secret: name, at },
    path: pathOf(id, request),
    // What Basic makes of a secret is written out: an example has no word for it.
    instead: [
      { place, value, by: isBasic ? Buffer.from(`example-${name}`).toString('base64') : secretHole(name) },
    ],
    assumed: [`${at} is a secret that they let us choose, or give us`],
  };
}

/** Nothing in it proves anything: our own address brings a token. */
function ours(id: string, request: Incoming): GuessedProof {
  return {
    verify: { secret: 'postback-token', at: request.body.length > 0 ? 'query.token' : 'token' },
    path: pathOf(id, request),
    instead: [{ place: 'query.token', value: '', by: secretHole('postback-token') }],
    assumed: ['they keep the query of the address that we give them, so that it can carry our token'],
  };
}
