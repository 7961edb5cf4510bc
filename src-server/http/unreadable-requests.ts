/** Answers to what is no request that Fastify could route: the same `{code, message}`, written by hand. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { errorCode } from '../database/database-failure.ts';
import { redactSecrets } from '../payments/redaction.ts';
import { REQUEST_ID_HEADER } from './request-id.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** An address that cannot be decoded, or a part of it that is too long. Fastify's message quotes it, whatever it holds. */
export function answerUnroutable(message: string, requestId: string, raw: ServerResponse): void {
  raw.writeHead(400, { 'content-type': JSON_TYPE, [REQUEST_ID_HEADER]: requestId });
  raw.end(JSON.stringify({ code: 'bad_request', message: redactSecrets(message) }));
}

/** What Node's HTTP parser refuses. Nothing behind it on this connection can be trusted, so it ends. */
export function answerUnparsable(error: Error, socket: Socket): void {
  const code = errorCode(error);
  if (code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = explain(code);
  const body = JSON.stringify({ code: 'bad_request', message });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: ${JSON_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function explain(code: string | undefined): readonly [status: number, message: string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'The headers are too large'];
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return [413, 'The request is too large'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'The request did not arrive in time'];
    default:
      return [400, 'This is no HTTP request'];
  }
}
