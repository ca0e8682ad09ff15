import type { ConnectorContext, Connector } from '../../../services/sync/connector.ts';
import type { WritableSecret } from '../../../services/runtime/writableSecret.ts';
import type { Server } from '../stand-in/server.ts';

export interface Asked {
  since?: string;
  until?: string;
  secrets: Record<string, string>;
  settings?: Record<string, string>;
  writable?: (name: string) => WritableSecret;
  /** Whose clock goes on by what is waited. */
  server?: Pick<Server, 'waited'>;
  clock?: () => number;
  signal?: AbortSignal;
}

/** A connector's context, with what it logged. It waits for nothing. */
export function contextOf({ since, until, secrets, settings = {}, server, ...rest }: Asked) {
  const lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, message, fields });
  const context: ConnectorContext = {
    since: since === undefined ? new Date(Date.now() - 86_400_000) : new Date(since),
    until: until === undefined ? new Date() : new Date(until),
    secret: async (name) => secrets[name] ?? Promise.reject(new Error(`the secret ${name} is missing`)),
    writable: (name) => {
      throw new Error(`nothing may write ${name}`);
    },
    settings,
    log: { info: at('info'), warn: at('warn'), error: at('error'), close: async () => {} },
    wait: async (ms) => {
      if (server) server.waited += ms;
    },
    ...rest,
  };
  return { context, lines };
}

/** All pages of a report, as they were sent. */
export async function pagesOf(connector: Connector, context: ConnectorContext): Promise<string[]> {
  return Array.fromAsync(connector(context));
}
