import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { ConversionEvent } from '../../services/contract/event.ts';

const account = 'push@p.iam.gserviceaccount.com';
const audience = 'https://ledger.example.com';

export interface Pusher {
  /** What a ledger is told, so that it believes this pusher. */
  settings: NodeJS.ProcessEnv;
  /** Pushes a conversion event once, as Pub/Sub does. Resolves to the HTTP status of the answer. */
  push(url: string, event: ConversionEvent): Promise<number>;
  close(): void;
}

/** Pub/Sub's push subscription, with keys of its own in place of Google's. */
export async function startPusher(): Promise<Pusher> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }] });
  const server = createServer((_request, response) => response.end(keys)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const token = await new SignJWT({ email: account, email_verified: true })
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .setIssuer('https://accounts.google.com')
    .setAudience(audience)
    .setExpirationTime('1h')
    .sign(privateKey);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return {
    settings: {
      PUSH_AUDIENCE: audience,
      PUSH_ACCOUNT: account,
      PUSH_KEYS: `http://127.0.0.1:${(server.address() as AddressInfo).port}/certs`,
    },
    async push(url, event) {
      const data = Buffer.from(JSON.stringify(event)).toString('base64');
      const attributes = { 'ce-type': 'linkshare.conversion.v1' };
      const body = JSON.stringify({ message: { data, attributes, messageId: event.id }, subscription: 's' });
      const { status } = await fetch(`${url}/push`, { method: 'POST', headers, body });
      return status;
    },
    close: () => server.close(),
  };
}
