import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { printerConditionChangeSchema } from './printer-condition.ts';
import type { VirtualDevice } from './virtual-device.ts';
import type { VirtualReceipt } from './virtual-receipt.ts';

export interface PageSource {
  readonly device: VirtualDevice;
  readonly receipts: readonly VirtualReceipt[];
  readonly changes: EventEmitter<{ change: [] }>;
  readonly printerPort: number;
}

const LONGEST_BODY = 10_000;

const FILES: ReadonlyMap<string, readonly [file: string, type: string]> = new Map([
  ['/', ['page.html', 'text/html; charset=utf-8']],
  ['/page.css', ['page.css', 'text/css; charset=utf-8']],
  ['/page.js', ['page.js', 'text/javascript; charset=utf-8']],
]);

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
};

/**
 * The page of the virtual printer: static files, receipts as pictures, the state as server-sent events, and
 * switches for the person at the counter. Other sites cannot press the switches: a request with a foreign
 * Origin or Host is refused.
 */
export function createPageServer(source: PageSource): Server {
  return createServer((request, response) => {
    if (!isOwnRequest(request)) {
      reply(response, 403, 'text/plain', 'This page answers only itself.');
      return;
    }
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    if (request.method === 'POST') {
      void readBody(request).then((body) => change(source, path, body, response));
      return;
    }
    if (path === '/events') {
      streamState(source, response);
      return;
    }
    const file = FILES.get(path);
    if (file !== undefined) {
      reply(response, 200, file[1], readFileSync(new URL(`./page/${file[0]}`, import.meta.url)));
      return;
    }
    const id = /^\/receipts\/(\d+)\.svg$/.exec(path)?.[1];
    const receipt = source.receipts.find((candidate) => String(candidate.id) === id);
    if (receipt === undefined) reply(response, 404, 'text/plain', 'Not found.');
    else reply(response, 200, 'image/svg+xml', receipt.svg);
  });
}

/** Names that lead to this machine; a foreign name that resolves here is somebody's trick (DNS rebinding). */
function isOwnRequest(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  const address = request.socket.localAddress ?? '';
  const name = (host ?? '').replace(/:\d+$/, '');
  if (![address, 'localhost', '127.0.0.1'].includes(name)) return false;
  return origin === undefined || origin === `http://${host ?? ''}`;
}

function change(source: PageSource, path: string, body: string, response: ServerResponse): void {
  if (path === '/drawer/close') {
    source.device.closeDrawer();
    reply(response, 204, 'text/plain', '');
    return;
  }
  const parsed = path === '/condition' ? printerConditionChangeSchema.safeParse(parseJson(body)) : undefined;
  if (parsed?.success !== true) {
    reply(response, 400, 'text/plain', 'Not a change of the printer.');
    return;
  }
  source.device.setCondition(parsed.data);
  reply(response, 204, 'text/plain', '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  request.setEncoding('utf8');
  try {
    for await (const piece of request) {
      body += String(piece);
      if (body.length > LONGEST_BODY) return '';
    }
  } catch {
    // The browser went away in the middle; nobody waits for the reply.
    return '';
  }
  return body;
}

/** One event now and one after every change, until the browser leaves. */
function streamState(source: PageSource, response: ServerResponse): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
  const send = () => {
    response.write(`data: ${JSON.stringify(stateOf(source))}\n\n`);
  };
  source.changes.on('change', send);
  response.on('close', () => source.changes.off('change', send));
  send();
}

function stateOf({ device, receipts, printerPort }: PageSource) {
  return {
    printerPort,
    condition: device.condition,
    drawer: { open: device.drawerOpen, pulses: device.drawerPulses },
    receipts: receipts
      .map(({ id, printedAt, text, operations }) => ({
        id,
        printedAt: printedAt.toISOString(),
        text,
        unknown: operations.filter(({ kind }) => kind === 'unknown').length,
      }))
      .toReversed(),
  };
}

function reply(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  response.writeHead(status, { ...HEADERS, 'content-type': type });
  response.end(body);
}
