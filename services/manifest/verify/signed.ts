import { parseExpression, parseTemplate, referencesOf, allReferences, type Template } from '../expression.ts';
import type { Scope } from '../read/scope.ts';
import { evaluateTemplate } from '../read/value.ts';
import type { VerifyBlock } from '../schema.ts';
import { kindOf } from './algorithms.ts';
import { signsQueryAlone } from './covered.ts';
import { compileParams } from './params.ts';
import { cutQuery, undone } from './query.ts';

/** A text that is signed, or why there is none. */
export type Signed = { bytes: Buffer } | { why: string };

export interface SignedText {
  /** `secret` is what `{secret}` stands for. `asRead`: the query with its percent signs undone. */
  (scope: Scope, secret: string, asRead?: boolean): Signed;
  /** Whether a query is in it, which some sign as sent and some as read. */
  mayBeUndone: (scope: Scope) => boolean;
}

const incomplete = { why: 'leaves out something that is signed' };
type Part = (scope: Scope, secret: string, asRead: boolean) => string | Uint8Array | undefined;

/**
 * Compiles the text that is signed. It is incomplete where a part is missing, or a body came that it does not cover: an empty body's HMAC is a
 * constant that anyone may have seen. `reads` are the names that the manifest looks at: none of them may stand behind a signature that
 * covers the query before it. Throws SyntaxError.
 */
export function compileSigned(block: VerifyBlock, reads: ReadonlySet<string> = new Set()): SignedText {
  const template = parseTemplate(block.of ?? '{body}');
  checkWords(block, template);
  const own = ownNames(block.at ?? '');
  const params = block.pair === undefined ? () => undefined : compileParams(block.pair, own);
  const parts = template.map((part) => compilePart(part, own, params));
  const names = referencesOf(template).map(({ name }) => name);
  const coversBody = !signsQueryAlone(names);
  const coversQuery = names.includes('query');

  const sign = (scope: Scope, secret: string, asRead = false): Signed => {
    // Beside a signed query an unsigned body would be read first.
    if (!coversBody && scope.request.body.length > 0) return incomplete;
    const behind = coversQuery
      ? cutQuery(scope.request.query, own).behind.find((name) => reads.has(name))
      : undefined;
    if (behind !== undefined)
      return { why: `brings ${behind} behind its signature, which does not cover it` };
    const pieces: (string | Uint8Array)[] = [];
    for (const part of parts) {
      const piece = part(scope, secret, asRead);
      if (piece === undefined) return incomplete;
      pieces.push(piece);
    }
    return { bytes: join(pieces) };
  };
  const mayBeUndone = ({ request: { query } }: Scope) => coversQuery && query.includes('%');
  return Object.assign(sign, { mayBeUndone });
}

const join = (pieces: (string | Uint8Array)[]): Buffer =>
  pieces.every((piece) => typeof piece === 'string')
    ? Buffer.from(pieces.join(''))
    : Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));

/** The names under which the signature itself may stand among the parameters. */
const ownNames = (at: string): ReadonlySet<string> =>
  new Set(
    at === ''
      ? []
      : allReferences(parseExpression(at)).map(({ name }) => name.replace(/^(query|body)\./, '')),
  );

function compilePart(part: Template[number], own: ReadonlySet<string>, params: Part): Part {
  if (typeof part === 'string') return () => part;
  const { name, optional } = part;
  if (name === 'secret') return (_scope, secret) => secret;
  if (name === 'params') return params;
  if (name === 'body') return ({ request: { body } }) => filled(body);
  if (name === 'path') return ({ request: { path } }) => path;
  if (name === 'query')
    return ({ request: { query } }, _secret, asRead) => filled(signedQuery(query, own, asRead));
  return (scope) => {
    const text = evaluateTemplate([{ name, optional: false }], scope);
    if (text.is === 'absent' && optional) return '';
    return text.is === 'text' ? text.text : undefined;
  };
}

function signedQuery(query: string, own: ReadonlySet<string>, asRead: boolean): string | undefined {
  const { text } = cutQuery(query, own);
  return asRead ? undone(text) : text;
}

const filled = <T extends string | Uint8Array>(piece: T | undefined) =>
  piece === undefined || piece.length === 0 ? undefined : piece;

/** Whether the words of `of` and `pair` fit how the signature is made. Throws SyntaxError. */
function checkWords({ by, pair, secretIs }: VerifyBlock, template: Template): void {
  const names = referencesOf(template).map(({ name }) => name);
  const inPair = referencesOf(parseTemplate(pair ?? '')).some(({ name }) => name === 'secret');
  const holdsSecret = inPair || names.includes('secret');
  if (names.every((name) => name === 'secret'))
    throw new SyntaxError('nothing that they send is signed: whoever saw one signature could use it again');
  if (names.includes('params') !== (pair !== undefined))
    throw new SyntaxError(
      pair === undefined
        ? '{params} needs "pair": how one parameter is written'
        : '"pair" writes {params}: name it in "of"',
    );
  if (kindOf(by) !== 'hash' && holdsSecret)
    throw new SyntaxError('{secret} is no word here: it signs the text and is no part of it');
  if (kindOf(by) === 'hash' && !holdsSecret)
    throw new SyntaxError(`anyone can make a ${by} of what they sent: say where {secret} stands in it`);
  if (kindOf(by) === 'hash' && (secretIs === 'base64' || secretIs === 'hex'))
    throw new SyntaxError(`{secret} is a text here: secretIs ${secretIs} is for keys`);
}
