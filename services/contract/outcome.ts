/**
 * What became of a request; exactly one of these.
 *
 * | outcome | meaning | answered |
 * |---|---|---|
 * | kept | every conversion in it is in topic conversions | 200 |
 * | repeat | all of them were kept before; nothing is written again | 200 |
 * | probe | it carries no conversion: a HEAD, a console's test button, an event the manifest ignores | 200 |
 * | quarantined | authentic but not readable; kept whole, with its reasons, in topic quarantine | 202 |
 * | refused | it failed verification; kept for 7 days if it carries a conversion id | 401 |
 * | not kept | it could not be kept; the whole request is in the journal | 503 |
 */
export const outcomes = {
  kept: 200,
  repeat: 200,
  probe: 200,
  quarantined: 202,
  refused: 401,
  'not kept': 503,
} as const;

export type Outcome = keyof typeof outcomes;
