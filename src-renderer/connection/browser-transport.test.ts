import { describe, expect, it } from 'vitest';
import { BrowserTransport, CALL_TIMEOUT_MS, type CallSocket } from './browser-transport.ts';
import type { ConnectionState } from './till-transport.ts';

type Listener = (...told: never[]) => void;

class FakeSocket implements CallSocket {
  connected = false;
  active = true;
  readonly sent: unknown[] = [];
  readonly timeouts: number[] = [];
  answer: () => Promise<unknown> = () => Promise.resolve({ ok: true, reply: {} });
  readonly #listeners = new Map<string, Listener>();

  connect(): void {
    this.connected = true;
  }

  timeout(milliseconds: number) {
    this.timeouts.push(milliseconds);
    return {
      emitWithAck: (event: string, body: unknown) => {
        this.sent.push([event, body]);
        return this.answer();
      },
    };
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, listener);
  }

  happen(event: string, ...told: unknown[]): void {
    this.#listeners.get(event)?.(...(told as never[]));
  }
}

function connected(): { socket: FakeSocket; transport: BrowserTransport } {
  const socket = new FakeSocket();
  const transport = new BrowserTransport(socket);
  socket.connected = true;
  socket.happen('connect');
  return { socket, transport };
}

describe('browser transport', () => {
  it('sends a call as one event and hands back the outcome', async () => {
    const { socket, transport } = connected();
    socket.answer = () => Promise.resolve({ ok: false, error: { code: 'unknown_barcode' } });
    await expect(transport.call('sale.scan', { code: '12' })).resolves.toEqual({
      ok: false,
      error: { code: 'unknown_barcode' },
    });
    expect(socket.sent).toEqual([['call', { name: 'sale.scan', request: { code: '12' } }]]);
    expect(socket.timeouts).toEqual([CALL_TIMEOUT_MS]);
  });

  it('refuses at once and sends nothing, then or later, while disconnected', async () => {
    const { socket, transport } = connected();
    socket.connected = false;
    socket.happen('disconnect');
    await expect(transport.call('sale.get', {})).rejects.toMatchObject({
      code: 'connection_lost',
      retry: 'now',
    });
    socket.connected = true;
    socket.happen('connect');
    expect(socket.sent).toEqual([]);
  });

  it('reports an answer that never came as a lost connection', async () => {
    const { socket, transport } = connected();
    socket.answer = () => Promise.reject(new Error('operation has timed out'));
    await expect(transport.call('sale.get', {})).rejects.toMatchObject({ code: 'connection_lost' });
  });

  it('does not believe an answer in another form', async () => {
    const { socket, transport } = connected();
    socket.answer = () => Promise.resolve('yes');
    await expect(transport.call('sale.get', {})).rejects.toMatchObject({ code: 'internal' });
  });

  it('tells connecting, connected, lost and an expired link apart', () => {
    const socket = new FakeSocket();
    const transport = new BrowserTransport(socket);
    const states: ConnectionState[] = [];
    transport.onConnection((state) => states.push(state));
    socket.happen('connect_error', new Error('websocket error'));
    socket.happen('connect');
    socket.happen('disconnect');
    socket.happen('connect_error', new Error('unauthorized'));
    expect(states).toEqual(['connecting', 'connected', 'lost', 'unauthorized']);
  });
});
