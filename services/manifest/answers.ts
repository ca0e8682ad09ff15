import type { Outcome } from '../contract/outcome.ts';
import type { Manifest } from './schema.ts';

export interface Answer {
  status: number;
  body: string;
}
export type Answers = Partial<Record<Outcome, Answer>>;

/** Compiles `kept: 200 OK` into a status and a body; a status alone has an empty body. */
export function compileAnswers(answers: Manifest['answers']): Answers {
  const said = Object.entries(answers ?? {}) as [Outcome, string][];
  return Object.fromEntries(
    said.map(([outcome, text]) => [outcome, { status: Number(text.slice(0, 3)), body: text.slice(4) }]),
  );
}
