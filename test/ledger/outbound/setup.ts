import { operate } from '../../../services/ledger/operations.ts';
import { enqueueDeliveries } from '../../../services/ledger/outbound/enqueue.ts';
import {
  startOutbound,
  type Outbound,
  type OutboundSettings,
} from '../../../services/ledger/outbound/worker.ts';
import { record, type OnChange } from '../../../services/ledger/record.ts';
import type { Ledger } from '../../../services/ledger/tables.ts';
import type { Fields, Log } from '../../../services/runtime/log.ts';
import { anEvent } from '../../support/events.ts';
import { toStandIn } from './standin.ts';

const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };

export interface Told {
  id: string;
  publisher: string;
  key: string;
  state: string;
  attempts: number;
  due_at: Date;
  says: Record<string, string>;
  log: { number: number; status: number | null; error: string | null; answer: string }[];
}

/** A ledger with publishers mkk and cary, a clock that stands still, and workers that look when they are told to. */
export function around(db: () => Ledger) {
  let now = Date.parse('2026-11-24T12:00:00Z');
  let minute = 0;
  const workers: Outbound[] = [];
  const lines: { level: string; message: string; fields: Fields }[] = [];
  const at =
    (level: string) =>
    (message: string, fields: Fields = {}) =>
      void lines.push({ level, message, fields });
  const log: Log = { info: at('info'), warn: at('warn'), error: at('error'), close: () => Promise.resolve() };
  const onChange: OnChange = (trx, changes) => enqueueDeliveries(trx, changes, new Date(now));
  const context = () => ({ db: db(), partners: [], liveSecrets: () => () => [], settings, onChange, who: 'ann', now: new Date(now), outbound: toStandIn }); // prettier-ignore
  const ask = async <T = unknown>(name: string, args: unknown = {}) =>
    (await operate(context(), name, args)) as T;

  return {
    ask,
    onChange,
    log: lines,
    pass: (seconds: number) => (now += seconds * 1000),
    now: () => new Date(now),
    async publishers() {
      const rules = ['MKK', 'CARY'].map((value) => ({
        publisher: value.toLowerCase(),
        kind: 'prefix',
        value,
      }));
      const publishers = ['mkk', 'cary'].map((id) => ({ id, name: id }));
      await ask('import', { book: { publishers, rules, payouts: [{ kind: 'share', rate: '90' }] } });
    },
    /** A sale of mkk's that we get 10 USD for; each is received a minute after the one before. */
    sale: (id: string, changes: Parameters<typeof anEvent>[0] = {}) =>
      anEvent({
        conversionId: id,
        clickId: `click-${id}`,
        publisherRef: 'MKK-home',
        commission: { amount: '10', currency: 'USD' },
        saleAmount: { amount: '99.5', currency: 'USD' },
        occurredAt: '2026-11-20T00:00:00.000Z',
        receivedAt: new Date(Date.UTC(2026, 10, 24, 12, minute++)).toISOString(),
        ...changes,
      }),
    tell: (...events: ReturnType<typeof anEvent>[]) => record(db(), events, settings, onChange),
    told: async (filter: object = {}) =>
      (await ask<{ deliveries: Told[] }>('delivery-list', filter)).deliveries.reverse(),
    postback: async (publisher: string) =>
      (await ask<{ postbacks: Record<string, unknown>[] }>('delivery-list', { publisher })).postbacks[0]!,
    worker(changes: OutboundSettings = {}, of = db()) {
      const clock = () => new Date(now);
      const worker = startOutbound({
        db: of,
        log,
        settings: { ...toStandIn, ...changes },
        clock,
        chance: () => 0,
      });
      workers.push(worker);
      return worker;
    },
    async stop() {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    },
  };
}
