/** The same as a function of Google's Functions Framework. */
import { http, type HttpFunction } from '@google-cloud/functions-framework';
import { openTopic, readSecret } from './google.ts';
import { attributesOf, isTheirs, toEvent } from './postback.ts';

const topic = openTopic();
const secret = await readSecret();

const postback: HttpFunction = async (request, response) => {
  if (!isTheirs(secret, request.rawBody!, request.headers['x-signature']))
    return void response.status(401).send('no');
  const event = toEvent(request.body as Record<string, string>);
  if (!event) return void response.status(400).send('cannot be read');
  await topic.publishMessage({ json: event, attributes: attributesOf(event) });
  response.send('OK');
};

http('postback', postback);
