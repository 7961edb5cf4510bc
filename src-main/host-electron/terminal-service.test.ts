/** The real terminal at one end of a MessageChannel, the keeper and the contract's client at the other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import pino from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApiClient } from '../api/client.ts';
import { openTerminal } from '../terminal/terminal.ts';
import type { MessageLine } from './message-line.ts';
import { type TerminalProcess, keepTerminal } from './terminal-keeper.ts';
import type { FromTerminal, StartRefusal, ToTerminal } from './terminal-messages.ts';
import { serveTerminal } from './terminal-service.ts';
import { CASHIER_PIN, setUpDemoTill } from './testing/demo-till.ts';

let root: string;
let till: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-service-'));
  till = path.join(root, 'till');
  await setUpDemoTill(till);
}, 60_000);
afterAll(() => rmSync(root, { recursive: true }));

function lineOver<Incoming, Outgoing>(port: MessagePort): MessageLine<Incoming, Outgoing> {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', (message: Incoming) => listener(message)),
  };
}

function terminalBehindPorts(): TerminalProcess {
  const { port1, port2 } = new MessageChannel();
  let exited: (code: number) => void = () => undefined;
  serveTerminal(lineOver<ToTerminal, FromTerminal>(port2), {
    open: ({ folder }) => openTerminal({ folder, logger: pino({ level: 'silent' }) }),
    onFault: (error) => {
      throw error;
    },
    onDone: () => port2.close(),
  });
  port1.once('close', () => exited(0));
  return {
    line: lineOver<FromTerminal, ToTerminal>(port1),
    onExit: (listener) => {
      exited = listener;
    },
    kill: () => port1.close(),
  };
}

function keep(folder: string) {
  const listeners = new Set<(name: string, body: unknown) => void>();
  const givenUp = Promise.withResolvers<StartRefusal>();
  const keeper = keepTerminal({
    start: terminalBehindPorts,
    open: { folder, moved: {}, logFile: null },
    onPush: (name, body) => listeners.forEach((listener) => listener(name, body)),
    onReady: () => undefined,
    onDeath: () => undefined,
    onGivenUp: givenUp.resolve,
  });
  const api = createApiClient({
    call: (name, request) => keeper.call(name, request),
    onPush(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return { keeper, api, refusal: givenUp.promise };
}

test('a sale goes over the line, call by call, and its pushes come back', async () => {
  const { keeper, api } = keep(till);
  const sales = vi.fn<(sale: unknown) => void>();
  const statuses = vi.fn<(status: { person: unknown }) => void>();
  api.on('sale.changed', sales);
  api.on('status.changed', statuses);
  await expect(api.call('sale.get', {})).rejects.toMatchObject({ code: 'not_signed_in' });
  await api.call('session.signIn', { pin: CASHIER_PIN });
  await api.call('sale.scan', { code: '851009000108' });
  const { orderId } = await api.call('sale.get', {});
  await api.call('sale.confirmAge', { orderId, birthDate: '1980-05-05' });
  const paying = await api.call('sale.beginPayment', {});
  const done = await api.call('sale.tenderCash', { orderId, total: paying.total, tendered: paying.total });
  expect(done).toMatchObject({ orderId, change: 0, method: 'cash' });
  expect(sales).toHaveBeenCalled();
  expect(statuses.mock.calls[0]?.[0]).toMatchObject({ person: null });
  await keeper.close();
});

test('whatever a page sends as a call is refused with a code', async () => {
  const { keeper } = keep(till);
  const calls: readonly (readonly [unknown, unknown])[] = [
    [undefined, undefined],
    [{ toString: 'x' }, {}],
    ['__proto__', {}],
    ['constructor', {}],
    ['session.signIn', { pin: 1111 }],
    ['session.signIn', 'x'.repeat(100_000)],
    ['status.get', { extra: true }],
  ];
  for (const [name, request] of calls) {
    const outcome = await keeper.call(name, request);
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: expect.stringMatching(/^(unknown_method|bad_request)$/) as unknown },
    });
  }
  expect(await keeper.call('status.get', {})).toMatchObject({ ok: true });
  await keeper.close();
});

test('a till that was never set up is refused by its code, and no folder appears', async () => {
  const { refusal } = keep(path.join(root, 'nothing'));
  expect(await refusal).toMatchObject({ code: 'store_missing' });
});

test('a folder that another terminal holds is refused, and the other goes on', async () => {
  const first = keep(till);
  expect(await first.keeper.call('status.get', {})).toMatchObject({ ok: true });
  const second = keep(till);
  expect(await second.refusal).toMatchObject({ code: 'store_locked' });
  expect(await first.keeper.call('status.get', {})).toMatchObject({ ok: true });
  await first.keeper.close();
});
