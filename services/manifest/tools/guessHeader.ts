import type { Incoming } from '../read/request.ts';
import type { VerifyBlock } from '../schema.ts';
import { digestOf } from './digest.ts';
import type { GuessedProof } from './guessProof.ts';

interface Piece {
  label: string;
  piece: string;
}

/**
 * Guesses what a signature in a header is made of: `sha256=ab..`, `t=17..,v1=ab..` or the signature alone, of the body, with the time
 * and the id of the message before it where they are there, with a dot between, or with a colon where Paddle's `h1` is. Undefined for what no hash makes.
 */
export function signedHeader(
  request: Incoming,
  name: string,
  value: string,
): Omit<GuessedProof, 'path'> | undefined {
  const pieces = [...value.matchAll(/(?:^|[\s,;])([\w-]+)[=,]([^\s,;]+)/g)].map(([, label = '', piece = '']): Piece => ({ label: label.toLowerCase(), piece })); // prettier-ignore
  const labelled = pieces.find(({ piece }) => digestOf(piece));
  const digest = digestOf(labelled?.piece ?? value);
  if (!digest) return undefined;
  const at = `header.${name}${labelled ? `.${labelled.label}` : ''}`;
  const time = timeOf(request, pieces, name);
  const before = time === undefined ? [] : [...idOf(request, name), time];
  const content = request.body.length > 0 ? '{body}' : '{query}';
  const of = [...before.map((place) => `{${place}}`), content].join(labelled?.label === 'h1' ? ':' : '.');
  const verify: VerifyBlock = {
    secret: 'signing-secret',
    ...(isStandard(name) && { secretIs: 'base64' }),
    at,
    by: `hmac-${digest.hash}`,
    ...(of !== '{body}' && { of }),
    ...(time !== undefined && { sentAt: time }),
  };
  const assumed = [`${at} is an HMAC-${digest.hash.toUpperCase()} of ${of}: their documentation says what is signed`]; // prettier-ignore
  return { verify, instead: [{ place: `header.${name}`, value: labelled?.piece ?? value, by: digest.hole }], assumed }; // prettier-ignore
}

/** https://www.standardwebhooks.com: whoever follows it names its headers so, and writes its secret in base64. */
const isStandard = (name: string) => name === 'webhook-signature';

function timeOf({ headers }: Incoming, pieces: Piece[], name: string): string | undefined {
  const isTime = (text: string) => /^\d{10}(\d{3})?$/.test(text);
  const piece = pieces.find((each) => isTime(each.piece));
  if (piece) return `header.${name}.${piece.label}`;
  const header = Object.entries(headers).find(
    ([other, value]) => /time/.test(other) && isTime(String(value)),
  );
  return header && `header.${header[0]}`;
}

/** The id of the message, in the header that is called as the signature's is. */
function idOf({ headers }: Incoming, name: string): string[] {
  const other = name.replace(/[a-z]+$/, 'id');
  return headers[other] === undefined ? [] : [`header.${other}`];
}
