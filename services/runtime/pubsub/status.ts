import { status } from '@grpc/grpc-js';

/**
 * What may pass by itself. Google's client tries the same again
 * (https://github.com/googleapis/googleapis/blob/master/google/pubsub/v1/pubsub_grpc_service_config.json); a message that arrives
 * twice is harmless here. An error without a status comes from this side, from fetching a token for instance: that may pass too.
 */
const passing: readonly (number | undefined)[] = [
  status.UNAVAILABLE,
  status.ABORTED,
  status.INTERNAL,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  undefined,
];

/** What a single message can be to blame for. NOT_FOUND and PERMISSION_DENIED are said of the topic, which all of a call share. */
const oneMessages: readonly (number | undefined)[] = [
  status.INVALID_ARGUMENT,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
];

/** What is said on this side when nothing was heard of the other. */
const silence: readonly (number | undefined)[] = [status.DEADLINE_EXCEEDED, undefined];

/** The gRPC status of an error, undefined if it has none. */
function codeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
}

export const mayPass = (error: unknown) => passing.includes(codeOf(error));
export const mayBeOneMessages = (error: unknown) => oneMessages.includes(codeOf(error));
export const isSilence = (error: unknown) => silence.includes(codeOf(error));
/** An error that only the other side can have sent. */
export const isAnswer = (error: unknown) => !isSilence(error) && codeOf(error) !== status.UNAVAILABLE;
