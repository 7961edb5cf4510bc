/** Receipts and the drawer over real TCP, from the tender to the paper. */
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CompletedSale } from '../api/views.ts';
import { startChild } from '../test-support/child.ts';
import { openStore } from '../store/open-store.ts';
import { writeTerminalSettings } from '../store/settings-store.ts';
import { clientOf } from '../test-support/terminal-client.ts';
import {
  SETTINGS,
  type TestTill,
  type TestTillOptions,
  openTestTill,
  removeTillTemplate,
  testTillFolder,
} from '../test-support/test-till.ts';
import { startVirtualPrinter, type VirtualPrinter } from '#hardware/virtual/virtual-printer.ts';
import pino from 'pino';
import { openTerminal } from '../terminal/terminal.ts';
import { networkReceiptPrinter, type ReceiptPrinter } from './receipt-printer.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

const MODEL = 'epson-tm-m30';
const QUICK_TIMES = { connect: 500, stall: 300, poll: 50, job: 1_000, close: 100 };
const QUICK = { paper: QUICK_TIMES, drawer: QUICK_TIMES };

let printer: VirtualPrinter;
let till: TestTill | undefined;
beforeEach(async () => {
  printer = await startVirtualPrinter({ printerPort: 0, pagePort: 0 });
});
afterEach(async () => {
  await till?.close();
  till = undefined;
  await printer.close();
});
afterAll(removeTillTemplate);

const address = () => ({ host: '127.0.0.1', port: printer.printerPort, model: MODEL });

async function open(options: TestTillOptions = {}): Promise<TestTill> {
  till = await openTestTill({
    settings: { printer: address() },
    printer: networkReceiptPrinter(address(), QUICK),
    printRetryMs: 50,
    ...options,
  });
  await till.signIn();
  return till;
}

async function sell(at: TestTill, method: 'cash' | 'card' = 'cash'): Promise<CompletedSale> {
  await at.add('WATER-STILL-001');
  const { orderId, total } = await at.client.call('sale.beginPayment', {});
  return method === 'cash'
    ? at.client.call('sale.tenderCash', { orderId, total, tendered: 500 })
    : at.client.call('sale.tenderCard', { orderId, total, approvalCode: 'OK1234' });
}

const jobs = async (at: TestTill) => (await at.client.call('print.jobs', {})).jobs;
const printerStatus = async (at: TestTill) => (await at.client.call('status.get', {})).printer;
const papers = () => printer.receipts().map(({ text }) => text);
const patience = { timeout: 5_000, interval: 10 };

describe('a printer that is well', () => {
  test('prints the receipt and opens the drawer for cash', async () => {
    const at = await open();
    const sale = await sell(at);
    await vi.waitFor(() => expect(papers()).toHaveLength(1), patience);
    expect(papers()[0]).toContain(sale.receiptNumber);
    expect(papers()[0]).toContain('Still Water 1L');
    expect(papers()[0]).toContain('$0.99');
    expect(papers()[0]).not.toContain('COPY');
    expect(printer.drawerPulses()).toBe(1);
    await vi.waitFor(async () => expect(await jobs(at)).toEqual([]), patience);
    expect(await printerStatus(at)).toEqual({ state: 'ready', waiting: 0, confirms: true, problem: null });
  });

  test('leaves the drawer shut for a card', async () => {
    const at = await open();
    await sell(at, 'card');
    await vi.waitFor(() => expect(papers()).toHaveLength(1), patience);
    expect(papers()[0]).toContain('OK1234');
    expect(printer.drawerPulses()).toBe(0);
  });

  test('prints a copy that says so, of what was sold then', async () => {
    const at = await open();
    const { orderId } = await sell(at);
    await vi.waitFor(() => expect(papers()).toHaveLength(1), patience);
    const job = await at.client.call('receipt.reprint', { orderId });
    expect(job).toMatchObject({ orderId, copy: true });
    await vi.waitFor(() => expect(papers()).toHaveLength(2), patience);
    expect(papers()[1]).toContain('COPY');
    expect(papers()[1]).toContain('Still Water 1L');
    expect(printer.drawerPulses()).toBe(1);
    await expect(at.client.call('receipt.reprint', { orderId: 'ORD-none' })).rejects.toMatchObject({
      code: 'unknown_order',
    });
    await expect(at.client.call('print.retry', { jobId: 999 })).rejects.toMatchObject({
      code: 'unknown_print_job',
    });
  });
});

test.each(['generic-80mm-mute', 'generic-58mm'])(
  'a printer that cannot answer (%s) is never said to have printed',
  async (model) => {
    const at = await open({ printer: networkReceiptPrinter({ ...address(), model }, QUICK) });
    await sell(at, 'card');
    await vi.waitFor(() => expect(papers()).toHaveLength(1), patience);
    await vi.waitFor(
      async () =>
        expect(await printerStatus(at)).toMatchObject({ state: 'ready', waiting: 0, confirms: false }),
      patience,
    );
  },
);

describe('a printer that is not well', () => {
  test('without paper: the receipts wait, are shown, hold no sale up, and come out in order', async () => {
    printer.setCondition({ paper: 'out' });
    const at = await open();
    const sales = [await sell(at), await sell(at, 'card'), await sell(at, 'card')];
    await vi.waitFor(async () => {
      expect(await printerStatus(at)).toEqual({
        state: 'held',
        waiting: 3,
        confirms: true,
        problem: 'The printer is out of paper.',
      });
    }, patience);
    expect((await jobs(at)).map(({ receiptNumber }) => receiptNumber)).toEqual(
      sales.map(({ receiptNumber }) => receiptNumber),
    );
    expect(papers()).toEqual([]);
    await vi.waitFor(() => expect(printer.drawerPulses()).toBe(1), patience);
    printer.setCondition({ paper: 'ok' });
    await vi.waitFor(() => expect(papers()).toHaveLength(3), patience);
    for (const [index, sale] of sales.entries()) expect(papers()[index]).toContain(sale.receiptNumber);
    await vi.waitFor(async () => expect((await printerStatus(at)).state).toBe('ready'), patience);
  });

  test('that says nothing: the receipt waits or is held, with a sentence, and the next sale goes on', async () => {
    printer.setCondition({ behaviour: 'silent' });
    const at = await open();
    await sell(at);
    await sell(at, 'card');
    await vi.waitFor(
      async () => expect((await printerStatus(at)).problem).toContain('does not answer'),
      patience,
    );
    expect(await printerStatus(at)).toMatchObject({ state: 'held', waiting: 2 });
    expect((await at.client.call('receipt.recent', { limit: 9 })).sales).toHaveLength(2);
  });

  test('that hangs up in the middle: held for a person, and printed when told', async () => {
    const at = await open();
    printer.setCondition({ behaviour: 'close_mid_job' });
    await sell(at, 'card');
    await vi.waitFor(async () => expect(await jobs(at)).toMatchObject([{ state: 'held' }]), patience);
    const [held] = await jobs(at);
    expect(held?.problem).toContain('hung up');
    printer.setCondition({ behaviour: 'normal' });
    const next = await sell(at, 'card');
    await vi.waitFor(() => expect(papers().at(-1)).toContain(next.receiptNumber), patience);
    await vi.waitFor(async () => expect(await jobs(at)).toHaveLength(1), patience);
    expect(await jobs(at)).toMatchObject([{ jobId: held?.jobId, state: 'held', attempts: 1 }]);
    await at.client.call('print.retry', { jobId: held?.jobId ?? 0 });
    await vi.waitFor(() => expect(papers().at(-1)).toContain(held?.receiptNumber), patience);
    // Half of the first one lies on the counter.
    expect(papers().at(-1)).toContain('COPY');
    expect(papers().at(-2)).not.toContain('COPY');
    await vi.waitFor(async () => expect(await jobs(at)).toEqual([]), patience);
  });

  test('whose held receipt has come out after all: a person says so, and it never prints again', async () => {
    const at = await open();
    printer.setCondition({ behaviour: 'close_mid_job' });
    const sale = await sell(at, 'card');
    await vi.waitFor(async () => expect(await jobs(at)).toMatchObject([{ state: 'held' }]), patience);
    const [held] = await jobs(at);
    const jobId = held?.jobId ?? 0;
    printer.setCondition({ behaviour: 'normal' });
    expect(await at.client.call('print.dismiss', { jobId })).toMatchObject({
      receiptNumber: sale.receiptNumber,
      state: 'dismissed',
      problem: null,
    });
    expect(await jobs(at)).toEqual([]);
    await vi.waitFor(
      async () =>
        expect(await printerStatus(at)).toMatchObject({ state: 'ready', waiting: 0, problem: null }),
      patience,
    );
    // Said twice it is still true, and asking for it again does not bring it back.
    await at.client.call('print.dismiss', { jobId });
    expect(await at.client.call('print.retry', { jobId })).toMatchObject({ state: 'dismissed' });
    const papersBefore = papers().length;
    const next = await sell(at, 'card');
    await vi.waitFor(() => expect(papers()).toHaveLength(papersBefore + 1), patience);
    expect(papers().at(-1)).toContain(next.receiptNumber);
  });

  test('a receipt that only waits cannot be dismissed, and its first print is the original', async () => {
    printer.setCondition({ paper: 'out' });
    const at = await open();
    await sell(at, 'card');
    await vi.waitFor(async () => expect((await jobs(at))[0]?.problem).toContain('paper'), patience);
    const [waiting] = await jobs(at);
    const jobId = waiting?.jobId ?? 0;
    await expect(at.client.call('print.dismiss', { jobId })).rejects.toMatchObject({
      code: 'print_job_not_held',
    });
    await at.client.call('print.retry', { jobId });
    printer.setCondition({ paper: 'ok' });
    await vi.waitFor(() => expect(papers()).toHaveLength(1), patience);
    expect(papers()[0]).not.toContain('COPY');
  });

  test('that is not there: waits, and prints when it is', async () => {
    const { printerPort } = printer;
    await printer.close();
    const at = await open();
    const sale = await sell(at);
    await vi.waitFor(async () => expect((await printerStatus(at)).state).toBe('held'), patience);
    const { drawer } = await at.client.call('status.get', {});
    expect(drawer).toEqual({
      state: 'failed',
      problem: 'The drawer did not get its signal. Open it with the key.',
    });
    printer = await startVirtualPrinter({ printerPort, pagePort: 0 });
    await vi.waitFor(() => expect(papers()[0]).toContain(sale.receiptNumber), patience);
    // A drawer that springs open later, with nobody there, would be worse.
    expect(printer.drawerPulses()).toBe(0);
    await sell(at);
    await vi.waitFor(async () => {
      expect((await at.client.call('status.get', {})).drawer).toEqual({ state: 'ready', problem: null });
    }, patience);
    expect(printer.drawerPulses()).toBe(1);
  });

  test('gets no pulse that would wait in the buffer for paper, on a printer without the real-time one', async () => {
    const buffered = { ...address(), model: 'generic-80mm' };
    const at = await open({ printer: networkReceiptPrinter(buffered, QUICK) });
    printer.setCondition({ paper: 'out' });
    await sell(at);
    await vi.waitFor(
      async () => expect((await at.client.call('status.get', {})).drawer.state).toBe('failed'),
      patience,
    );
    printer.setCondition({ paper: 'ok' });
    await vi.waitFor(() => expect(papers()).toHaveLength(1), patience);
    expect(printer.drawerPulses()).toBe(0);
    await sell(at);
    await vi.waitFor(() => expect(printer.drawerPulses()).toBe(1), patience);
  });
});

describe('the drawer of a printer that says nothing', () => {
  test('gets no pulse late, however many sales waited for it', async () => {
    const buffered = { ...address(), model: 'generic-80mm' };
    const at = await open({ printer: networkReceiptPrinter(buffered, QUICK) });
    printer.setCondition({ behaviour: 'silent' });
    await sell(at);
    await vi.waitFor(() => expect(printer.bytesReceived()).toBeGreaterThan(0), patience);
    for (let count = 0; count < 3; count += 1) await sell(at);
    printer.setCondition({ behaviour: 'normal' });
    await vi.waitFor(() => expect(papers()).toHaveLength(4), patience);
    await vi.waitFor(async () => expect(await jobs(at)).toEqual([]), patience);
    expect((await at.client.call('status.get', {})).drawer.state).toBe('failed');
    expect(printer.drawerPulses()).toBe(0);
    await sell(at);
    await vi.waitFor(() => expect(papers()).toHaveLength(5), patience);
    expect(printer.drawerPulses()).toBe(1);
  });
});

describe('a till that stops', () => {
  test('while a receipt is at the printer does not wait for it, and shows it as held next time', async () => {
    const at = await open({ printer: networkReceiptPrinter(address()) });
    printer.setCondition({ bytesPerSecond: 20 });
    await sell(at, 'card');
    await vi.waitFor(async () => expect(await jobs(at)).toMatchObject([{ state: 'printing' }]), patience);
    await vi.waitFor(() => expect(printer.bytesReceived()).toBeGreaterThan(200), patience);
    await at.reopen();
    await at.signIn();
    expect(await jobs(at)).toMatchObject([{ state: 'held', problem: 'Printing was cancelled.' }]);
  });

  test('by SIGKILL in the middle of a receipt holds it for a person', async () => {
    const { folder, temporary } = await testTillFolder({ printer: address() });
    printer.setCondition({ bytesPerSecond: 20 });
    const child = startChild('sell-and-wait.ts', [folder, String(printer.printerPort)]);
    await child.nextLine();
    await vi.waitFor(() => expect(printer.bytesReceived()).toBeGreaterThan(200), patience);
    await child.kill();
    printer.setCondition({ bytesPerSecond: null });
    const terminal = openTerminal({ folder, logger: pino({ level: 'silent' }) });
    await terminal.call('session.signIn', { pin: '1111' });
    const interrupted: unknown = expect.stringContaining('interrupted');
    expect(await terminal.call('print.jobs', {})).toMatchObject({
      ok: true,
      reply: { jobs: [{ state: 'held', attempts: 1, problem: interrupted }] },
    });
    await terminal.close();
    temporary.remove();
  });
});

describe('a disk that fails while it prints', () => {
  /** Counts what came out. */
  function paperOnly(): ReceiptPrinter & { readonly printed: string[] } {
    const printed: string[] = [];
    return {
      confirms: true,
      printed,
      print: (document) => {
        printed.push(document.receiptNumber);
        return Promise.resolve('answered');
      },
      openDrawer: () => Promise.resolve(),
    };
  }

  test.each(['printing', 'printed'])(
    'as the state becomes %s: the till lives, and the receipt comes out once',
    async (state) => {
      const paper = paperOnly();
      const at = await open({ printer: paper });
      await at.inspect((db) =>
        db.exec(`CREATE TRIGGER fault BEFORE UPDATE ON print_jobs WHEN new.state = '${state}' AND old.state <> '${state}'
                 BEGIN SELECT RAISE(ABORT, 'fault'); END`),
      );
      await at.signIn();
      const sale = await sell(at);
      await vi.waitFor(async () => expect((await printerStatus(at)).problem).toContain('disk'), patience);
      await vi.waitFor(
        () => expect(at.logged.filter(({ msg }) => msg === 'receipt not printed').length).toBeGreaterThan(2),
        patience,
      );
      expect(paper.printed).toEqual(state === 'printed' ? [sale.receiptNumber] : []);
      const next = await sell(at);
      expect(next.receiptNumber).toBe('STORE-001-T1-000002');
    },
  );

  test('a receipt that cannot be read is held, and does not stop the others', async () => {
    const paper = paperOnly();
    const at = await open({ printer: paper });
    await at.inspect((db) =>
      db.exec(`CREATE TRIGGER spoil AFTER INSERT ON orders WHEN new.id = 1
               BEGIN UPDATE orders SET receipt = '{"not":"a receipt"}' WHERE id = 1; END`),
    );
    await at.signIn();
    await sell(at);
    const second = await sell(at);
    await vi.waitFor(() => expect(paper.printed).toEqual([second.receiptNumber]), patience);
    const problem = 'This receipt cannot be printed. Call IT.';
    expect(await jobs(at)).toMatchObject([{ jobId: 1, state: 'held', problem }]);
  });
});

test('a till without a printer sells and says that it has none', async () => {
  till = await openTestTill();
  await till.signIn();
  const { orderId } = await sell(till);
  expect(await printerStatus(till)).toEqual({ state: 'none', waiting: 0, confirms: false, problem: null });
  await expect(till.client.call('receipt.reprint', { orderId })).rejects.toMatchObject({
    code: 'printer_not_set_up',
  });
});

test('a sale from the time before the till had a printer can be printed', async () => {
  till = await openTestTill();
  await till.signIn();
  const sale = await sell(till);
  await till.inspect((db) =>
    db
      .prepare("UPDATE settings SET value = json_set(value, '$.printer', json(?))")
      .run(JSON.stringify(address())),
  );
  await till.signIn();
  expect(await jobs(till)).toEqual([]);
  await till.client.call('receipt.reprint', { orderId: sale.orderId });
  await vi.waitFor(() => expect(papers()[0]).toContain(sale.receiptNumber), patience);
  expect(papers()[0]).toContain('COPY');
});

test('a till whose printer is gone shows what waits, prints nothing again, and lets what came out be dismissed', async () => {
  const { folder, temporary } = await testTillFolder({ printer: address() });
  printer.setCondition({ behaviour: 'close_mid_job' });
  const withPrinter = openTerminal({ folder, logger: pino({ level: 'silent' }) });
  const client = clientOf(() => withPrinter);
  await client.call('session.signIn', { pin: '1111' });
  await client.call('sale.addItem', { sku: 'WATER-STILL-001', quantity: 1 });
  const { orderId, total } = await client.call('sale.beginPayment', {});
  await client.call('sale.tenderCard', { orderId, total, approvalCode: 'OK1234' });
  await vi.waitFor(
    async () => expect((await client.call('print.jobs', {})).jobs).toMatchObject([{ state: 'held' }]),
    patience,
  );
  await withPrinter.close();

  const store = openStore(folder);
  writeTerminalSettings(store.writer, SETTINGS);
  store.close();
  const without = openTerminal({ folder, logger: pino({ level: 'silent' }) });
  const later = clientOf(() => without);
  await later.call('session.signIn', { pin: '1111' });
  expect((await later.call('status.get', {})).printer).toMatchObject({ state: 'none', waiting: 1 });
  await expect(later.call('print.retry', { jobId: 1 })).rejects.toMatchObject({ code: 'printer_not_set_up' });
  expect((await later.call('print.jobs', {})).jobs).toMatchObject([{ state: 'held', copy: false }]);
  await later.call('print.dismiss', { jobId: 1 });
  expect((await later.call('status.get', {})).printer).toMatchObject({ state: 'none', waiting: 0 });
  await without.close();
  temporary.remove();
});
