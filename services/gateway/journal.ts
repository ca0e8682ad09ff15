import { z } from 'zod';
import { rawRequest, type RawRequest } from '../contract/raw.ts';
import type { Decision, Partner } from '../manifest/compile.ts';
import { incomingOf } from '../manifest/recorded.ts';
import type { Verdict } from '../manifest/verify/verify.ts';

/**
 * What the log holds of a request that could not be kept: the whole of it, without its secrets, and what a replay could not find out
 * again without them: whether it had proved that it is theirs.
 */
export const journalEntry = z.object({
  message: z.literal('journal'),
  partner: z.string(),
  receivedAt: z.iso.datetime(),
  why: z.string(),
  verdict: z.enum(['verified', 'unverified', 'expired', 'refused', 'probe', 'not decided']),
  /** The last day on which the way counted by which it came; of an expired one. */
  until: z.string().optional(),
  /** Whether an expired one proved itself by that way. */
  verified: z.boolean().optional(),
  request: rawRequest,
});
export type JournalEntry = z.infer<typeof journalEntry>;

/** The fields of the journal's line. */
export function journalFields(
  partner: Partner,
  decision: Decision | undefined,
  { receivedAt, why, request }: { receivedAt: Date; why: string; request: RawRequest },
): Omit<JournalEntry, 'message'> {
  return { partner: partner.id, receivedAt: receivedAt.toISOString(), why, ...verdictOf(decision), request };
}

function verdictOf(decision: Decision | undefined): Pick<JournalEntry, 'verdict' | 'until' | 'verified'> {
  if (!decision) return { verdict: 'not decided' };
  if (decision.is === 'refused' || decision.is === 'probe') return { verdict: decision.is };
  if (decision.is === 'quarantined' && decision.expired)
    return { verdict: 'expired', until: decision.expired, verified: decision.record.verified };
  const verified = decision.is === 'quarantined' ? decision.record.verified : decision.events[0]?.verified;
  return { verdict: verified ? 'verified' : 'unverified' };
}

/**
 * What a request from the journal is. One that was never decided, since a secret was missing, can still prove itself by a signature; a
 * masked token cannot, and the request is put with the refused ones, for a person to release.
 */
export function decideAgain(
  partner: Partner,
  { verdict, until = '', verified = false, request, receivedAt }: JournalEntry,
  live: (name: string) => readonly string[],
): Decision {
  const time = new Date(receivedAt);
  const asIf = (as: Verdict) => partner.reread(request, as, time, live);
  switch (verdict) {
    case 'verified':
      return asIf({ is: 'verified' });
    case 'unverified':
      return asIf({ is: 'unverified', because: 'it came so' });
    case 'expired':
      return asIf({ is: 'expired', until, verified });
    case 'refused':
      return asIf({ is: 'refused', why: 'failed its verification when it came' });
    case 'probe':
      return { is: 'probe', why: 'was a probe when it came' };
    case 'not decided': {
      const decision = partner.decide(incomingOf(request), live, time);
      if (decision.is !== 'refused') return decision;
      return asIf({ is: 'refused', why: 'was never verified; what proved it is masked now' });
    }
  }
}
