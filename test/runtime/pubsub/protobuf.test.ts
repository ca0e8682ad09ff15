import { protos } from '@google-cloud/pubsub';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodePublishResponse,
  encodePublishRequest,
  messageSize,
} from '../../../services/runtime/pubsub/protobuf.ts';

/** Google's own, generated from its protos. */
const { PublishRequest, PublishResponse, PubsubMessage } = protos.google.pubsub.v1;

/** Any UTF-16 text, half surrogates too, which are written as U+FFFD. */
const text = fc.string({ unit: 'binary' });
const message = fc.record({
  data: fc.oneof(
    text,
    fc.nat(70_000).map((length) => 'ữ'.repeat(length)),
  ),
  attributes: fc.dictionary(text, text, { noNullPrototype: true }),
});

describe('encodePublishRequest', () => {
  it("writes what Google's protos read", () => {
    fc.assert(
      fc.property(text, fc.array(message, { maxLength: 5 }), (topic, messages) => {
        const read = PublishRequest.decode(encodePublishRequest({ topic, messages }));
        const asSent = (each: string) => each.toWellFormed();
        expect(read.topic).toBe(asSent(topic));
        expect(read.messages).toHaveLength(messages.length);
        messages.forEach(({ data, attributes }, i) => {
          const { data: bytes, attributes: found } = read.messages[i]!;
          expect(Buffer.from(bytes as Uint8Array).toString()).toBe(asSent(data));
          const pairs = Object.entries(attributes).map(([key, value]) => [asSent(key), asSent(value)]);
          expect(new Map(Object.entries(found!))).toEqual(new Map(pairs as [string, string][]));
        });
      }),
    );
  });

  it('writes the same bytes, and knows their number', () => {
    for (const length of [1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
      const one = { data: 'x'.repeat(length), attributes: { 'ce-id': 'é', partner: 'a' } };
      const theirs = { data: Buffer.from(one.data), attributes: one.attributes };
      expect(messageSize(one)).toBe(PubsubMessage.encode(theirs).finish().length);
      const expected = Buffer.from(PublishRequest.encode({ topic: 't', messages: [theirs] }).finish());
      expect(encodePublishRequest({ topic: 't', messages: [one] }).equals(expected)).toBe(true);
    }
  });
});

describe('decodePublishResponse', () => {
  it("reads what Google's protos write", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (messageIds) => {
        const bytes = Buffer.from(PublishResponse.encode({ messageIds }).finish());
        expect(decodePublishResponse(bytes)).toEqual(messageIds);
      }),
    );
  });

  it('skips fields that may be added, of every wire type', () => {
    const added = [[0x10, 0xff, 0x01], [0x19, 1, 2, 3, 4, 5, 6, 7, 8], [0x22, 2, 1, 2], [0x2d, 1, 2, 3, 4], [0x82, 0x01, 1, 9]]; // prettier-ignore
    const bytes = added.flatMap((field) => [...field, 0x0a, 2, 0x34, 0x32]);
    expect(decodePublishResponse(Buffer.from(bytes))).toEqual(added.map(() => '42'));
  });

  it.each([
    [[0x0a], 'ends early'],
    [[0x0a, 5, 0x31], 'ends early'],
    [[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 'ends early'],
    [[0x19, 1], 'ends early'],
    [[0x0b], 'wire type 3'],
  ])('throws for %j, which is no message', (bytes, why) => {
    expect(() => decodePublishResponse(Buffer.from(bytes))).toThrow(why);
  });
});
