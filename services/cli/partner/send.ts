import { randomInt } from 'node:crypto';
import { loadExamples, type Example } from '../../manifest/example.ts';
import type { Partner } from '../../manifest/compile.ts';
import { loadPartner } from '../../manifest/load/load.ts';
import { sendable } from '../../manifest/tools/sendable.ts';
import type { Config } from '../../runtime/config.ts';
import { Failure, wrongUse } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { exchange } from './exchange.ts';
import { assertReceives, folderOf, makeSecrets } from './find.ts';
import { follow, type Followed } from './follow.ts';

export interface SendOptions {
  to?: string;
  fresh?: boolean;
  json?: boolean;
}

/** Sends an example to a running gateway, signed anew, and follows it until it is kept. Rejects where the answer is not the one that it shows. */
export async function sendExample(
  { partnersDir, dataDir, port }: Config,
  id: string,
  name: string | undefined,
  { to, fresh, json }: SendOptions,
  terminal: Terminal,
): Promise<void> {
  const folder = folderOf(partnersDir, id);
  const partner = loadPartner(folder);
  assertReceives(partner);
  const example = exampleNamed(partner, loadExamples(folder), name);
  const live = makeSecrets(dataDir, partner);
  const now = new Date();
  const request = sendable(example, partner, { secretOf: (secret) => live(secret)[0]!, now, freshId: fresh ? freshId : undefined }); // prettier-ignore
  const origin = to ?? `http://127.0.0.1:${port}`;
  terminal.progress(`sending ${example.name} to ${origin}`);
  const { status, body, ms } = await exchange(origin, request).finally(() => terminal.progress(''));
  terminal.progress(to === undefined ? 'looking for it in the data folder' : '');
  const followed = to === undefined ? await follow(dataDir, partner.decide(request, live, now), now).finally(() => terminal.progress('')) : undefined; // prettier-ignore
  const told = {
    partner: id,
    example: example.name,
    to: origin,
    status,
    body,
    ms: Math.round(ms),
    ...followed,
  };
  if (json) console.log(JSON.stringify(told, null, 2));
  else show(told, terminal);
  const isExpected = String(status) === example.expect.status && followed?.outcome !== 'not found';
  if (!isExpected) throw new Failure(json ? '' : hint(status, origin));
}

function exampleNamed({ id }: Partner, examples: Example[], name: string | undefined): Example {
  const example = name === undefined ? examples.find(({ expect, after }) => expect.outcome === 'kept' && !after) : examples.find((each) => each.name === name); // prettier-ignore
  if (example) return example;
  const names = examples.map((each) => each.name).join(', ') || 'none';
  throw wrongUse(name === undefined ? `${id} has no example of a kept request` : `${id} has no example "${name}"; its examples: ${names}`); // prettier-ignore
}

/** As long as the old one and of the same kind, so that whoever reads it takes it for one of theirs. */
function freshId(id: string): string {
  const digits = Array.from({ length: Math.max(6, id.length) }, (_, i) => randomInt(i === 0 ? 1 : 0, 10)).join(''); // prettier-ignore
  return /^\d+$/.test(id) ? digits.slice(0, Math.max(id.length, 6)) : `${id.replace(/-\d{6}$/, '')}-${digits.slice(0, 6)}`; // prettier-ignore
}

type Told = {
  partner: string;
  example: string;
  to: string;
  status: number;
  body: string;
  ms: number;
} & Partial<Followed>;

function show(
  { partner, example, to, status, body, ms, outcome, ids = [], keptAfter }: Told,
  { paint }: Terminal,
): void {
  console.log(`${paint('bold', `${partner} ${example}`)} → ${to}`);
  console.log(
    `${paint(status < 300 ? 'green' : 'red', String(status))} ${body} ${paint('dim', `(${ms} ms)`)}`,
  );
  if (outcome === undefined) return;
  const good = outcome === 'kept' || outcome === 'repeat' || outcome === 'probe';
  const when = keptAfter === undefined ? '' : paint('dim', ` (${keptAfter} ms after it was sent)`);
  console.log([paint(good ? 'green' : 'yellow', outcome), ...ids].join(' ') + when);
  if (outcome === 'repeat') console.log(paint('dim', 'with --fresh it is sent with a new id'));
}

function hint(status: number, origin: string): string {
  if (status === 401)
    return 'it was refused: is the running gateway on the same DATA_DIR, where its secret lies?';
  if (status === 404) return `nobody has this path at ${origin}: was the gateway started before the partner was added?`; // prettier-ignore
  if (status < 300) return 'it was answered as kept and is not in the data folder: does the gateway run on another DATA_DIR?'; // prettier-ignore
  return `it was answered ${status}`;
}
