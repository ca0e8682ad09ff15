/** What one would otherwise write: an express handler that awaits `topic.publishMessage`. */
import express, { type Request } from 'express';
import { openTopic, readSecret } from './google.ts';
import { attributesOf, isTheirs, path, toEvent } from './postback.ts';

const topic = openTopic();
const secret = await readSecret();
const app = express();

app.post(
  path,
  express.raw({ type: () => true }),
  async (request: Request<object, string, Buffer>, response) => {
    if (!isTheirs(secret, request.body, request.headers['x-signature']))
      return void response.status(401).send('no');
    const event = toEvent(JSON.parse(request.body.toString()) as Record<string, string>);
    if (!event) return void response.status(400).send('cannot be read');
    await topic.publishMessage({ json: event, attributes: attributesOf(event) });
    response.send('OK');
  },
);

app.listen(Number(process.env.PORT), '127.0.0.1');
