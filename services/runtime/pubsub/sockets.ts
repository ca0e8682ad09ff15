import type { Socket } from 'node:net';
import { ChannelCredentials } from '@grpc/grpc-js';

type Connector = ReturnType<ChannelCredentials['_createSecureConnector']>;
type Arguments = Parameters<ChannelCredentials['_createSecureConnector']>;

/**
 * Credentials that hold the sockets of their channel, so that they can be closed. A channel's own close() leaves a socket open whose
 * other side never speaks: grpc-js waits for its SETTINGS without a limit, and each renewed channel would leave one more behind.
 */
export class HeldSockets extends ChannelCredentials {
  private readonly inner: ChannelCredentials;
  private readonly sockets = new Set<Socket>();

  constructor(inner: ChannelCredentials) {
    super();
    this.inner = inner;
  }

  destroy(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  override _isSecure(): boolean {
    return this.inner._isSecure();
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(...all: Arguments): Connector {
    const connector = this.inner._createSecureConnector(...all);
    return {
      connect: (socket) => {
        this.sockets.add(socket);
        socket.once('close', () => this.sockets.delete(socket));
        return connector.connect(socket);
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  }
}
