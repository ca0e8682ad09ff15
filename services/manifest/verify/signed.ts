import { referencesOf, type Template } from '../expression.ts';
import type { Scope } from '../read/scope.ts';
import { evaluateTemplate } from '../read/value.ts';

/**
 * The bytes that are signed. Undefined where a part is missing, or a body came that they do not cover: an empty body's HMAC is a constant that anyone may have seen.
 */
export function compileSigned(template: Template): (scope: Scope) => Buffer | undefined {
  if (referencesOf(template).length === 0)
    throw new SyntaxError('nothing that they send is signed: whoever saw one signature could use it again');
  if (referencesOf(template).some(({ name }) => name === 'secret'))
    throw new SyntaxError('{secret} is no word here: it signs the text and is no part of it');
  const coversBody = referencesOf(template).some(({ name }) => !/^(query|path|header)(\.|$)/.test(name));
  return (scope) => {
    // Beside a signed query an unsigned body would be read first.
    if (!coversBody && scope.request.body.length > 0) return undefined;
    const parts: Buffer[] = [];
    for (const part of template) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : signedPart(part.name, scope);
      if (bytes === undefined || (typeof part === 'object' && bytes.length === 0)) return undefined;
      parts.push(bytes);
    }
    return Buffer.concat(parts);
  };
}

function signedPart(name: string, scope: Scope): Buffer | undefined {
  const { body, query, path } = scope.request;
  if (name === 'body') return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (name === 'query') return Buffer.from(query);
  if (name === 'path') return Buffer.from(path);
  const text = evaluateTemplate([{ name, optional: false }], scope);
  return text.is === 'text' ? Buffer.from(text.text) : undefined;
}
