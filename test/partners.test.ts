import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conversionEvent } from '../services/contract/event.ts';
import { quarantineRecord, refusedRecord } from '../services/contract/records.ts';
import { exampleRequest, loadExamples, type Example } from '../services/manifest/example.ts';
import { loadPartners } from '../services/manifest/load/load.ts';
import { loadReportExamples, type ReportExample } from '../services/manifest/reportExample.ts';
import { differences } from '../services/manifest/tools/differences.ts';
import { runReportExample } from '../services/sync/example.ts';
import type { Partner } from '../services/manifest/compile.ts';
import type { KeptMessage } from '../services/runtime/embedded/bus.ts';
import { asTexts, comingFrom } from './support/examples.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';

const partners = loadPartners('partners');
let gateway: TestGateway;
beforeAll(async () => (gateway = await startTestGateway({ partners, trustedHops: 1 })));
afterAll(() => gateway.stop());
beforeEach(() => gateway.reset());

it('an editor finds the words of every manifest and example by its first line', () => {
  const without = (files: string, schema: string) =>
    globSync(files).filter((file) => !readFileSync(file, 'utf8').startsWith(`# yaml-language-server: $schema=${schema}\n`)); // prettier-ignore
  expect(without('partners/*/manifest.yaml', '../manifest.schema.json')).toEqual([]);
  expect(without('partners/*/examples/*.yaml', '../../example.schema.json')).toEqual([]);
});

for (const partner of partners.filter(({ receives }) => receives)) {
  const examples = loadExamples(join('partners', partner.id));
  describe(partner.id, () => {
    for (const example of examples) it(example.name, () => run(partner, examples, example));

    it.each(['kept', 'repeat', 'quarantined', 'refused'])('has an example of: %s', (outcome) => {
      expect(examples.filter((example) => example.expect.outcome === outcome)).not.toHaveLength(0);
    });

    it('names each example by the status it shows', () => {
      for (const { name, expect: expected } of examples) expect(name.slice(0, 3)).toBe(expected.status);
    });
  });
}

for (const partner of partners.filter(({ report }) => report)) {
  const examples = loadReportExamples(join('partners', partner.id));
  describe(`the report of ${partner.id}`, () => {
    it('has an example', () => expect(examples).not.toHaveLength(0));

    for (const example of examples) it(example.name, () => runReport(partner, example));
  });
}

async function runReport(partner: Partner, example: ReportExample): Promise<void> {
  const { events = [], quarantined = [], ignored = '0' } = example.expect;
  const page = await runReportExample(partner, example);
  expect(differences(events, page.events)).toEqual([]);
  expect(asTexts(page.quarantined)).toMatchObject(asTexts(quarantined) as object[]);
  expect(page.quarantined).toHaveLength(quarantined.length);
  expect(String(page.ignored)).toBe(ignored);
  for (const event of page.events) conversionEvent.parse(event);
  for (const record of page.quarantined) quarantineRecord.parse(record);
}

async function run(partner: Partner, examples: Example[], example: Example): Promise<void> {
  for (const name of example.after ?? []) {
    const earlier = examples.find((each) => each.name === name);
    if (!earlier) throw new Error(`${example.file}: there is no example "${name}" to send first`);
    await send(partner, examples, earlier);
  }
  const before = {
    conversions: await ids('conversions'),
    quarantine: await ids('quarantine'),
    refused: await ids('refused'),
  };
  gateway.lines.length = 0;
  const answer = await send(partner, examples, example);
  const fresh = async (topic: keyof typeof before) =>
    (await gateway.kept(topic)).filter(({ seq }) => !before[topic].has(seq)).reverse();
  const { status, outcome, body, events, reasons } = example.expect;

  expect(String(answer.status)).toBe(status);
  expect(gateway.lines.map(({ fields }) => fields.outcome)).toEqual(outcome ? [outcome] : []);
  if (body !== undefined) expect(answer.body).toBe(body);
  const conversions = (await fresh('conversions')).map((message) =>
    checkMessage(message, conversionEvent.parse(JSON.parse(message.data))),
  );
  expect(conversions.length > 0).toBe(outcome === 'kept');
  if (events) expect(differences(events, conversions)).toEqual([]);
  const quarantined = (await fresh('quarantine')).map(({ data }) => quarantineRecord.parse(JSON.parse(data)));
  expect(quarantined).toHaveLength(outcome === 'quarantined' ? 1 : 0);
  if (reasons) expect(quarantined[0]?.reasons).toMatchObject(reasons);
  const refused = (await fresh('refused')).map(({ data }) => refusedRecord.parse(JSON.parse(data)));
  expect(refused.length <= (outcome === 'refused' ? 1 : 0)).toBe(true);
  expectations(
    example,
    { quarantined: quarantined[0]?.verified, conversions: conversions[0]?.verified },
    refused.length,
  );
}

function expectations(
  { expect: expected }: Example,
  verified: { quarantined?: boolean | undefined; conversions?: boolean | undefined },
  recorded: number,
) {
  if (expected.verified) expect(String(verified.conversions ?? verified.quarantined)).toBe(expected.verified);
  if (expected.recorded) expect(String(recorded > 0)).toBe(expected.recorded);
}

const ids = async (topic: 'conversions' | 'quarantine' | 'refused') =>
  new Set((await gateway.kept(topic)).map(({ seq }) => seq));

async function send(partner: Partner, examples: Example[], example: Example) {
  gateway.now = new Date(example.now ?? '2026-11-24T00:00:00Z');
  gateway.secrets = example.secrets ?? {};
  const secretOf = (name: string) => example.secrets?.[name] ?? `example-${name}`;
  return gateway.send(comingFrom(exampleRequest(example, partner, secretOf)));
}

/** Every message says in its attributes what it carries, so that subscribers can filter without opening it. */
function checkMessage<T extends { id: string; partner: string; status: string; receivedAt: string }>(
  message: KeptMessage,
  event: T,
): T {
  expect(message.attributes).toEqual({
    'ce-specversion': '1.0',
    'ce-id': event.id,
    'ce-type': 'linkshare.conversion.v1',
    'ce-source': `/partners/${event.partner}`,
    'ce-time': event.receivedAt,
    'content-type': 'application/json',
    partner: event.partner,
    status: event.status,
  });
  return event;
}
