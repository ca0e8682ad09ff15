import { createHmac, randomBytes } from 'node:crypto';

/** What deliveries are signed with. The one before stays for a day, so that the publisher can change over. */
export interface Secret {
  value: string;
  /** ISO 8601; it ends then. */
  until?: string;
}

/** 24 to 64 bytes: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

const overlap = 24 * 3_600_000;

/** A new secret before the one that was in use. */
export function rotate(secrets: readonly Secret[], now: Date): Secret[] {
  const until = new Date(now.getTime() + overlap).toISOString();
  return [
    { value: newSecret() },
    ...secrets.filter((each) => each.until === undefined).map(({ value }) => ({ value, until })),
  ];
}

/** Headers of Standard Webhooks; a signature by each live secret. `at` in whole seconds. */
export function signed(
  id: string,
  at: Date,
  body: string,
  secrets: readonly Secret[],
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const live = secrets.filter(({ until }) => until === undefined || at.toISOString() < until);
  const signatures = live.map(({ value }) => signature(value, `${id}.${timestamp}.${body}`));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(live.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}

function signature(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
