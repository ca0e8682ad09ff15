import type { ConversionEvent } from '../contract/event.ts';
import type { QuarantineRecord, RefusedRecord } from '../contract/records.ts';
import type { Message } from './bus.ts';

/**
 * What goes to the bus: JSON with CloudEvents attributes in Pub/Sub's binary mode
 * (https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/pubsub-protocol-binding.md).
 */
function message(
  kind: string,
  record: { id: string; partner: string; receivedAt: string },
  more = {},
): Message {
  return {
    id: record.id,
    data: JSON.stringify(record),
    attributes: {
      'ce-specversion': '1.0',
      'ce-id': record.id,
      'ce-type': `linkshare.${kind}.v1`,
      'ce-source': `/partners/${record.partner}`,
      'ce-time': record.receivedAt,
      'content-type': 'application/json',
      partner: record.partner,
      ...more,
    },
  };
}

export const conversionMessage = (event: ConversionEvent) =>
  message('conversion', event, { status: event.status });

export const quarantineMessage = (record: QuarantineRecord) => message('quarantine', record);

export const refusedMessage = (record: RefusedRecord) => message('refused', record);
