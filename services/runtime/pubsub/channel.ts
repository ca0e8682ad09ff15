import type { ChannelOptions } from '@grpc/grpc-js';

/** Where Pub/Sub is: Google's own (https://cloud.google.com/pubsub/docs/reference/service_apis_overview), or an emulator. */
export function addressOf(emulatorHost: string | undefined): { host: string; port: number } {
  if (!emulatorHost) return { host: 'pubsub.googleapis.com', port: 443 };
  const url = new URL(/^https?:\/\//.test(emulatorHost) ? emulatorHost : `http://${emulatorHost}`);
  return { host: url.hostname, port: Number(url.port || 80) };
}

/** Options of @grpc/grpc-js (https://github.com/grpc/grpc-node/tree/master/packages/grpc-js#supported-channel-options). */
export const channelOptions = {
  // An idle connection that broke is noticed 3 s after the next call, a busy one after 13. 10 s is the least that servers must bear.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3_000,
  // Its own wait after a failed connection grows to two minutes, in which every call fails at once.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // Else a renewed channel would find the broken connection of the old one in the pool that all channels share.
  'grpc.use_local_subchannel_pool': 1,
  // Attempts are the collector's: two that retry would multiply.
  'grpc.enable_retries': 0,
  // Pub/Sub's names publish no service config in DNS; asking for it costs a look-up before the first call.
  'grpc.service_config_disable_resolution': 1,
} satisfies ChannelOptions;
