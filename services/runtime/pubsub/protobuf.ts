/**
 * PublishRequest and PublishResponse of google.pubsub.v1 on the wire
 * (https://github.com/googleapis/googleapis/blob/master/google/pubsub/v1/pubsub.proto,
 * https://protobuf.dev/programming-guides/encoding/). By hand, since loading a protobuf library and parsing Google's protos takes
 * longer than everything else before the first postback is kept. The tests hold it against Google's own protos.
 */
import type { PubSubMessage } from './publisher.ts';

/** A tag is the field's number and how it is written; those below 16 fit in one byte. */
const lengthDelimited = (number: number) => (number << 3) | 2;
const [topicTag, messagesTag] = [lengthDelimited(1), lengthDelimited(2)];
const [dataTag, attributesTag] = [lengthDelimited(1), lengthDelimited(2)];
const [keyTag, valueTag] = [lengthDelimited(1), lengthDelimited(2)];
const messageIdsTag = lengthDelimited(1);

const varintSize = (value: number) =>
  value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
const fieldSize = (length: number) => 1 + varintSize(length) + length;
const textSize = (text: string) => fieldSize(Buffer.byteLength(text));

/** Bytes of a PubsubMessage. */
export function messageSize({ data, attributes }: PubSubMessage): number {
  let size = textSize(data);
  for (const key in attributes) size += fieldSize(textSize(key) + textSize(attributes[key]!));
  return size;
}

/** Bytes that these messages take up in a PublishRequest. */
export const messagesSize = (messages: PubSubMessage[]) =>
  messages.reduce((sum, message) => sum + fieldSize(messageSize(message)), 0);

export interface PublishRequest {
  topic: string;
  messages: PubSubMessage[];
}

export function encodePublishRequest({ topic, messages }: PublishRequest): Buffer {
  const out = new Writer(textSize(topic) + messagesSize(messages));
  out.text(topicTag, topic);
  for (const message of messages) {
    out.head(messagesTag, messageSize(message));
    out.text(dataTag, message.data);
    for (const key in message.attributes) writeAttribute(out, key, message.attributes[key]!);
  }
  return out.bytes;
}

function writeAttribute(out: Writer, key: string, value: string): void {
  out.head(attributesTag, textSize(key) + textSize(value));
  out.text(keyTag, key);
  out.text(valueTag, value);
}

class Writer {
  readonly bytes: Buffer;
  private at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** What stands before a field's content. */
  head(tag: number, length: number): void {
    this.bytes[this.at++] = tag;
    for (; length >= 0x80; length >>>= 7) this.bytes[this.at++] = (length & 0x7f) | 0x80;
    this.bytes[this.at++] = length;
  }

  text(tag: number, text: string): void {
    this.head(tag, Buffer.byteLength(text));
    this.at += this.bytes.write(text, this.at);
  }
}

/** The message ids of a PublishResponse. Fields that Google may add are skipped; throws RangeError for what is no message. */
export function decodePublishResponse(bytes: Buffer): string[] {
  const ids: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = readVarint(bytes, at);
    const { start, end } = fieldAt(bytes, tag.next, tag.value & 7);
    if (end > bytes.length) throw new RangeError('a PublishResponse that ends early');
    if (tag.value === messageIdsTag) ids.push(bytes.toString('utf8', start, end));
    at = end;
  }
  return ids;
}

/** Where a field's content starts and ends, by how it is written. */
function fieldAt(bytes: Buffer, at: number, wireType: number): { start: number; end: number } {
  if (wireType === 0) return { start: at, end: readVarint(bytes, at).next };
  if (wireType === 1) return { start: at, end: at + 8 };
  if (wireType === 5) return { start: at, end: at + 4 };
  if (wireType !== 2) throw new RangeError(`a PublishResponse with wire type ${wireType}`);
  const length = readVarint(bytes, at);
  return { start: length.next, end: length.next + length.value };
}

function readVarint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; i < 10 && at + i < bytes.length; i++) {
    const byte = bytes[at + i]!;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  throw new RangeError('a PublishResponse that ends early');
}
