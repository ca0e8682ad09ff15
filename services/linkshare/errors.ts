/** The user asked for something that cannot be; nothing was sent. The command ends with 2. */
export class UsageError extends Error {
  override name = 'UsageError';
  readonly exitCode = 2;
}

/** What went wrong, in kinds that are handled alike. */
export type Trouble =
  | 'token' // revoked or never there: authorise again
  | 'expired' // refresh once
  | 'scope'
  | 'identity'
  | 'signature'
  | 'clock'
  | 'parameter'
  | 'path'
  | 'busy' // wait, then again
  | 'server' // again
  | 'network' // again
  | 'answer' // what came is not TikTok's JSON
  | 'item' // this one thing; others may do
  | 'other';

interface About {
  trouble: Trouble;
  /** TikTok's code, where it gave one. */
  code?: number | undefined;
  /** HTTP status. */
  status?: number | undefined;
  /** TikTok's name of the request, which its support asks for. */
  requestId?: string | undefined;
  /** Milliseconds that TikTok asks us to wait. */
  retryAfter?: number | undefined;
  cause?: unknown;
}

/** A call that TikTok did not do. The message ends with what to do next, and holds no secret. */
export class TikTokError extends Error {
  override name = 'TikTokError';
  readonly trouble: Trouble;
  readonly code: number | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(said: string, { trouble, code, status, requestId, retryAfter, cause }: About) {
    const numbers = [code && `code ${code}`, status && `HTTP ${status}`, requestId && `request ${requestId}`];
    const known = numbers.filter(Boolean).join(', ');
    super([`${said}${known && ` (${known})`}`, advice[trouble]].filter(Boolean).join('\n'), { cause });
    this.trouble = trouble;
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

const advice: Record<Trouble, string> = {
  token: 'Authorise again: linkshare auth login',
  expired: 'Fetch a new token: linkshare auth refresh',
  scope: 'Give the app this scope in Partner Center, then authorise again: linkshare auth login. What is missing and what it breaks: linkshare doctor tiktok', // prettier-ignore
  identity: 'These tools need a creator: authorise as one, not as a seller: linkshare auth login',
  signature: 'TIKTOK_APP_SECRET does not belong to TIKTOK_APP_KEY: copy both again from Partner Center. What was signed: linkshare tiktok call GET <path>', // prettier-ignore
  clock: 'Set the clock of this machine (timedatectl set-ntp true), then try again.',
  parameter: '',
  path: 'This path or method is not among those TikTok offers: https://partner.tiktokshop.com/docv2',
  busy: 'TikTok takes no more calls for now: try again in some minutes.',
  server: 'TikTok is in trouble: try again later.',
  network: 'Check the connection, the proxy and TIKTOK_API_HOST, then try again.',
  answer: 'Something between here and TikTok answers in its place (a proxy, a sign-in page), or TIKTOK_API_HOST is wrong.', // prettier-ignore
  item: '',
  other: '',
};

/** TikTok's codes, published at https://partner.tiktokshop.com/docv2/page/common-errors */
const byCode: Record<number, Trouble> = {
  105001: 'token',
  105002: 'expired',
  105005: 'scope',
  101000: 'identity',
  106001: 'signature',
  36009002: 'busy',
  36009003: 'server',
  36009007: 'server',
  36009004: 'parameter',
  36009009: 'path',
  36009010: 'path',
};

const byStatus: Record<number, Trouble> = {
  401: 'token',
  403: 'scope',
  404: 'path',
  405: 'path',
  429: 'busy',
};

/** What kind of trouble a code and a status mean. An unknown code counts by its status. */
export const troubleOf = (code: number | undefined, status: number): Trouble =>
  byCode[code ?? 0] ?? byStatus[status] ?? (status >= 500 ? 'server' : 'other');

/** Whether the same call may succeed a moment later. */
export const isPassing = ({ trouble }: TikTokError): boolean =>
  trouble === 'busy' || trouble === 'server' || trouble === 'network';
