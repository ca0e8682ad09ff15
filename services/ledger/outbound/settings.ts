import { z } from 'zod';
import { status } from '../../contract/status.ts';
import { publisherId, wholeNumber, yesOrNo } from '../inputs.ts';
import { createGuard } from './address.ts';
import { macroNames, type Macro } from './macros.ts';
import { macrosIn, parseTemplate } from './template.ts';

/** What a deployment allows; by default only https, to public addresses. */
export interface Allowed {
  http?: boolean;
  /** Ranges such as 127.0.0.1/32 that may be called though they are not public. */
  addresses?: readonly string[];
}

/** A publisher's word for a status of ours; what has none is not sent. */
export const usualWords = {
  pending: 'pending',
  approved: 'approved',
  rejected: 'rejected',
  reversed: 'rejected',
};

const template = z
  .string()
  .max(2_000)
  .superRefine((text, context) => {
    try {
      parseTemplate(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });

const fields = {
  url: template,
  method: z.enum(['GET', 'POST']),
  /** Of a POST: their name → a template. Without it, every macro under its own name. */
  body: z.record(z.string().min(1).max(200), template).nullable(),
  statuses: z.partialRecord(status, z.string().min(1).max(100)),
  delaySeconds: wholeNumber(0, 7 * 86_400),
  /** Whether test conversions are sent, and those that nothing proves yet. */
  tests: yesOrNo,
  unverified: yesOrNo,
  /** What the answer must hold, beside a 2xx. */
  match: z.string().min(1).max(500).nullable(),
  sign: yesOrNo,
  /** Attempts at a time. */
  concurrency: wholeNumber(1, 20),
  /** Failures in a row after which nothing more is sent. */
  offAfter: wholeNumber(5, 10_000),
};

export const postbackSettings = z.strictObject({
  url: fields.url,
  method: fields.method.default('GET'),
  body: fields.body.default(null),
  statuses: fields.statuses.default(usualWords),
  delaySeconds: fields.delaySeconds.default(0),
  tests: fields.tests.default(false),
  unverified: fields.unverified.default(false),
  match: fields.match.default(null),
  sign: fields.sign.default(false),
  concurrency: fields.concurrency.default(2),
  offAfter: fields.offAfter.default(50),
});
export type PostbackSettings = z.output<typeof postbackSettings>;

/** What an account manager may write: what is not said stays as it is. */
export const postbackInput = z.strictObject({
  publisher: publisherId,
  ...z.object(fields).partial().shape,
  /** true: switched on again, and counted anew; false: nothing is sent, all of it waits. */
  on: yesOrNo.optional(),
  /** A new secret to sign with; the old one signs too for a day. */
  newSecret: z.boolean().optional(),
});

/** A line of an import: a secret is not among what is exported, and is never imported. */
export const bookPostback = postbackInput.omit({ newSecret: true });

/** Throws an error for the author of settings that cannot work. */
export function checkSettings(
  { url, method, body, sign }: PostbackSettings,
  { http = false, addresses = [] }: Allowed,
): void {
  const problem = urlProblem(url, http);
  if (problem !== undefined) throw new Error(`url: ${problem}`);
  createGuard({ allowed: addresses }).checkHost(new URL(originOf(url)).hostname);
  if (method === 'GET' && body) throw new Error('body: a GET has none; say method POST');
  if (method === 'GET' && sign)
    throw new Error('sign: a signature covers the body, and a GET has none; say method POST');
}

function urlProblem(url: string, http: boolean): string | undefined {
  const [, scheme, authority] = /^(\w+):\/\/([^/?#\\]*)/.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) return 'write it whole: https://…';
  if (scheme !== 'https' && !(scheme === 'http' && http)) return 'only https is allowed';
  if (authority.includes('{')) return 'no macro may stand in the host';
  if (authority.includes('@')) return 'no user or password may stand in it';
  if (/[\s\\#\p{Cc}]/u.test(url)) return 'holds what no URL can send: a space, \\ or #';
  return URL.canParse(originOf(url)) ? undefined : `"${authority}" is no host`;
}

/** Where a template goes, whatever its macros are filled with. */
export const originOf = (url: string): string => /^\w+:\/\/[^/?#\\]*/.exec(url)?.[0] ?? '';

/** The macros that a publisher sees. */
export function seenMacros({ url, method, body }: PostbackSettings): Set<Macro> {
  const inUrl = macrosIn(parseTemplate(url));
  if (method === 'GET') return new Set(inUrl);
  const inBody = body ? Object.values(body).flatMap((text) => macrosIn(parseTemplate(text))) : macroNames;
  return new Set([...inUrl, ...inBody]);
}

/** For people and the audit: what stands where a secret usually does is not shown. */
export const shown = <T extends { url?: string | undefined }>(settings: T): T =>
  settings.url === undefined ? settings : { ...settings, url: settings.url.replace(/([?&][^=&]*(?:key|token|secret|sig|pass|auth|hash)[^=&]*=)[^&{}]+(?=&|$)/gi, '$1***') }; // prettier-ignore
