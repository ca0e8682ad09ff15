import type { Example } from '../example.ts';
import type { Problem } from '../load/problems.ts';

const wanted = {
  kept: 'what a sale becomes: add examples/200-approved-sale.yaml with a real request',
  refused: 'that a stranger is refused: add examples/401-wrong-secret.yaml',
  quarantined: 'what cannot be read: add examples/202-unknown-status.yaml',
};

/** An outcome that no example shows is one that nobody has looked at. */
export function lintExamples(examples: readonly Example[]): Problem[] {
  const shown = new Set(examples.map(({ expect }) => expect.outcome));
  const missing = (Object.keys(wanted) as (keyof typeof wanted)[]).filter((outcome) => !shown.has(outcome));
  return missing.map((outcome) => ({ path: ['id'], message: `no example shows ${wanted[outcome]}` }));
}
