/** Milliseconds of a day. */
export const day = 86_400_000;

export interface Period {
  since: Date;
  /** Exclusive. */
  until: Date;
}

/** A period in parts of at most so many days, oldest first: networks give so much at once. */
export function partsOf({ since, until }: Period, days = Infinity): Period[] {
  const parts: Period[] = [];
  for (let from = since.getTime(); from < until.getTime(); from += days * day)
    parts.push({ since: new Date(from), until: new Date(Math.min(until.getTime(), from + days * day)) });
  return parts;
}

/**
 * The period of a run: what was asked for, or from where the last one had got to, less the time in which the network may still change a
 * sale. Throws where it ends before it begins, or has not begun yet.
 */
export function periodOf(
  asked: Partial<Period>,
  { cursor, lookback, now }: { cursor: Date | undefined; lookback: number; now: Date },
): Period {
  const until = asked.until ?? now;
  const since = asked.since ?? new Date(Math.min((cursor ?? until).getTime(), until.getTime()) - lookback);
  if (since >= until) throw new RangeError(`from ${since.toISOString()} until ${until.toISOString()} there is no time: the first must be before the second`); // prettier-ignore
  if (since > now) throw new RangeError(`${since.toISOString()} is in the future`);
  return { since, until };
}
