import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const problems: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

/** What never became a request still gets a proper answer. `inFlight` are the requests of its connection that are not answered yet. */
export function answerClientError(
  { code = '' }: NodeJS.ErrnoException,
  socket: Duplex,
  inFlight: ServerResponse[],
): void {
  if (socket.writableEnded) return; // The rest of what was answered already.
  const last = inFlight.at(-1);
  if (last?.req.complete) return finishFirst(last);
  if (last?.headersSent || !socket.writable || code === 'ECONNRESET') return void socket.destroy();
  const [status, title] = problems[code] ?? [400, 'Bad Request'];
  const body = JSON.stringify({ status, title });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${body.length}\r\n` +
      `Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n${body}`,
  );
  // Closed at once, what it still sends would reset the connection before it has read the answer.
  setTimeout(() => socket.destroy(), 1000).unref();
}

/** A sale may be on its way to being kept: what follows it on its connection must not be answered in its place. */
function finishFirst(last: ServerResponse): void {
  if (!last.headersSent) last.setHeader('connection', 'close');
}
