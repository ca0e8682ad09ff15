/** `server.ts express|gateway`: one of the servers compared, in a process of its own; prints its port. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createGateway } from '../../services/gateway/app.ts';
import { loadPartners } from '../../services/manifest/load/load.ts';
import type { Bus } from '../../services/runtime/bus.ts';
import { fixedSecrets } from '../../services/runtime/secrets.ts';
import type { Log } from '../../services/runtime/log.ts';

const nowhere: Bus = {
  publish: () => Promise.resolve(),
  lastKept: () => Promise.resolve(new Map()),
  close: () => Promise.resolve(),
};
const silent: Log = { info() {}, warn() {}, error() {}, close: () => Promise.resolve() };

const servers: Record<string, () => RequestListener> = {
  express: () => express().use((_request, response) => void response.send('OK')),
  gateway: () =>
    createGateway({
      partners: loadPartners('partners'),
      bus: nowhere,
      secrets: fixedSecrets((_partner, name) => [`example-${name}`]),
      log: silent,
      clock: () => new Date('2026-11-24T00:00:00Z'),
    }),
};

process.on('SIGINT', () => process.exit(0));
const server = createServer(servers[process.argv[2] ?? '']!()).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
