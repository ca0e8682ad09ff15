import type { Outcome } from '../contract/outcome.ts';
import type { Manifest } from './schema.ts';

export interface Answer {
  status: number;
  /** The content type. */
  type: string;
  body: string;
}
export type Answers = Partial<Record<Outcome, Answer>>;

/** Compiles `kept: 200 OK` into a status, a type and a body; a status alone has an empty body. Throws SyntaxError. */
export function compileAnswers(answers: Manifest['answers']): Answers {
  const said = Object.entries(answers ?? {}) as [Outcome, string][];
  return Object.fromEntries(said.map(([outcome, text]) => [outcome, compileAnswer(text)]));
}

/** `200 OK`, `200 {"ok":true}`, or with a type that cannot be recognised: `200 text/html Thanks`. */
function compileAnswer(text: string): Answer {
  const [, status = '', type, body = ''] = /^(\d{3}) ?(?:((?:text|application)\/[a-z0-9.+-]+) )?(.*)$/su.exec(
    text,
  )!;
  return { status: Number(status), type: `${type ?? typeOf(body)}; charset=utf-8`, body };
}

/** JSON and XML are told by their first sign; what begins like JSON and is none is a slip that their parser would meet. */
function typeOf(body: string): string {
  if (/^<[?\w]/.test(body)) return 'application/xml';
  if (!/^[[{]/.test(body)) return 'text/plain';
  try {
    JSON.parse(body);
    return 'application/json';
  } catch {
    throw new SyntaxError(
      `"${body}" begins like JSON and is none; if it is meant so, write text/plain before it`,
    );
  }
}
