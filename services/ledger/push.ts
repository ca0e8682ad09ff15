import express, { Router, type RequestHandler } from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Topic } from '../runtime/bus.ts';
import type { Log } from '../runtime/log.ts';
import { sendProblem } from '../runtime/problem.ts';
import type { Intake } from './intake.ts';

export interface PushOptions {
  intake: Intake;
  log: Log;
  /** What the subscription's token is made out to. */
  audience: string;
  /** The service account that the subscription pushes as. */
  account: string;
  /** Where Google's keys are; tests sign their own. */
  keys?: string;
  issuer?: string;
}

const usual = { keys: 'https://www.googleapis.com/oauth2/v3/certs', issuer: 'https://accounts.google.com' };

/** https://cloud.google.com/pubsub/docs/push#receive_push */
const envelope = z.object({
  message: z.object({
    data: z.string(),
    attributes: z.record(z.string(), z.string()).default({}),
    messageId: z.string().optional(),
  }),
});

/** The largest message of the gateway's with its raw request, in base64, and room. */
const limit = '2mb';

/**
 * `POST /push`: Pub/Sub's push subscriptions of the three topics. 204 once it is recorded, or stored as poison; 503 while the database is
 * away, so that it comes again; 401 for whoever is not our subscription.
 */
export function pushRoute(options: PushOptions): Router {
  const { intake, log } = options;
  return Router().post('/push', authenticate(options), express.json({ limit }), async (request, response) => {
    const { success, data } = envelope.safeParse(request.body);
    const topic = success ? topicOf(data.message.attributes['ce-type']) : undefined;
    // What is no message of ours would come again for ever.
    const text = success ? Buffer.from(data.message.data, 'base64').toString() : JSON.stringify(request.body);
    try {
      const taken = await intake.take(topic ?? 'conversions', [text]);
      if (taken.poison > 0) log.error('poison', { topic, messageId: data?.message.messageId });
      response.writeHead(204).end();
    } catch (error) {
      log.error('not recorded yet', { topic, why: String(error) });
      sendProblem(response, 503, { title: 'Not recorded; send it again' }, { 'retry-after': '5' });
    }
  });
}

const byType: Record<string, Topic> = {
  'linkshare.conversion.v1': 'conversions',
  'linkshare.quarantine.v1': 'quarantine',
  'linkshare.refused.v1': 'refused',
};
const topicOf = (type: string | undefined): Topic | undefined =>
  type !== undefined && Object.hasOwn(byType, type) ? byType[type] : undefined;

/** https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions: whose key, for whom, and as which account. */
function authenticate({
  log,
  audience,
  account,
  keys = usual.keys,
  issuer = usual.issuer,
}: PushOptions): RequestHandler {
  const keySet = createRemoteJWKSet(new URL(keys), { timeoutDuration: 5_000 });
  return async ({ headers }, response, next) => {
    const [, token] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
    const why = token === undefined ? 'brings no token' : await whyNot(token);
    if (why === undefined) return next();
    log.warn('push refused', { why });
    sendProblem(response, 401, { title: 'Not our subscription' }, { 'www-authenticate': 'Bearer' });
  };

  async function whyNot(token: string): Promise<string | undefined> {
    try {
      const { payload } = await jwtVerify(token, keySet, { audience, issuer: [issuer, issuer.replace('https://', '')] }); // prettier-ignore
      if (payload.email !== account || payload.email_verified !== true) return 'is of another account';
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
