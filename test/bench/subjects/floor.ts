/** The least there can be: node:http and a bare gRPC call, sent at once; what arrives meanwhile goes together in the next. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { credentials } from '@grpc/grpc-js';
import { createBatcher } from '../../../services/runtime/batch.ts';
import { openBareClient } from '../../../services/runtime/google/secret-client-bare.ts';
import { connect } from '../../../services/runtime/pubsub/grpc.ts';
import type { PubSubMessage } from '../../../services/runtime/pubsub/publisher.ts';
import { attributesOf, isTheirs, secretName, toEvent } from './postback.ts';

const connection = connect(process.env.PUBSUB_EMULATOR_HOST!, credentials.createInsecure());
const batcher = createBatcher<PubSubMessage, string>({
  run: async (messages) => [...(await connection.call('projects/bench/topics/conversions', messages, 5_000))],
  weigh: () => 1 / 1_000,
});
const client = openBareClient({ host: process.env.SECRET_MANAGER_HOST! });
const secret = Buffer.from((await client.access(secretName, 5_000)).data).toString();

async function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
  if (!isTheirs(secret, body, request.headers['x-signature'])) return void response.writeHead(401).end();
  const event = toEvent(JSON.parse(body.toString()) as Record<string, string>);
  if (!event) return void response.writeHead(400).end();
  await batcher.add({ data: JSON.stringify(event), attributes: attributesOf(event) });
  response.writeHead(200, { 'content-length': 2 }).end('OK');
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => void answer(request, response, Buffer.concat(chunks)));
}).listen(Number(process.env.PORT), '127.0.0.1');
