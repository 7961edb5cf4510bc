import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startVirtualPrinter, type VirtualPrinter } from '#hardware/virtual/virtual-printer.ts';
import { drawerPulse, openDrawer } from './drawer-pulse.ts';
import { escPosReceiptCodec } from './escpos-receipt-codec.ts';
import { networkPrinter } from './network-printer.ts';
import { printerModel, type PrinterModelId } from './printer-model.ts';
import type { PrintingTimeouts } from './printing.ts';
import { SAMPLE_RECEIPT } from './sample-receipt.ts';

/** Generous where the test waits for success, short where it waits for the timeout itself. */
const PATIENT = { connect: 5_000, stall: 20_000, poll: 20, job: 30_000, close: 5_000 };

let printer: VirtualPrinter;
beforeEach(async () => {
  printer = await startVirtualPrinter({ printerPort: 0, pagePort: 0 });
});
afterEach(async () => {
  await printer.close();
});

function transport(
  id: PrinterModelId = 'generic-80mm',
  timeouts: Partial<PrintingTimeouts> = {},
  port = printer.printerPort,
) {
  return networkPrinter({
    host: '127.0.0.1',
    port,
    model: printerModel(id),
    timeouts: { ...PATIENT, ...timeouts },
  });
}

function receipt(number: string, id: PrinterModelId = 'generic-80mm'): Uint8Array {
  return escPosReceiptCodec.encode({ ...SAMPLE_RECEIPT, receiptNumber: number }, printerModel(id));
}

const printedNumbers = () => printer.receipts().map(({ text }) => /Receipt (\S+)/.exec(text)?.[1]);

describe('a healthy printer', () => {
  test('confirms a receipt after it is on the paper', async () => {
    await expect(transport().send(receipt('R-1'))).resolves.toBe('answered');
    expect(printedNumbers()).toEqual(['R-1']);
    expect(printer.receipts()[0]?.operations.some(({ kind }) => kind === 'unknown')).toBe(false);
  });

  test('prints jobs one after the other in the order they were given', async () => {
    const one = transport();
    await Promise.all(['R-1', 'R-2', 'R-3'].map((number) => one.send(receipt(number))));
    expect(printedNumbers()).toEqual(['R-1', 'R-2', 'R-3']);
  });

  test('serves two tills in turn', async () => {
    const results = await Promise.all([transport().send(receipt('A-1')), transport().send(receipt('B-1'))]);
    expect(results).toEqual(['answered', 'answered']);
    expect(new Set(printedNumbers())).toEqual(new Set(['A-1', 'B-1']));
  });

  test('opens the drawer once for each pulse', async () => {
    await transport().sendUnasked(openDrawer(printerModel('generic-80mm')));
    await transport().send(drawerPulse({ pin: 2, onMilliseconds: 100, offMilliseconds: 500 }));
    expect(printer.drawerPulses()).toBe(2);
    expect(printer.drawerOpen()).toBe(true);
    expect(printer.receipts()).toEqual([]);
  });
});

describe('a printer that cannot answer', () => {
  test('is trusted when it took every byte and closed', async () => {
    printer.setCondition({ behaviour: 'no_status' });
    await expect(transport('generic-80mm-mute').send(receipt('R-1', 'generic-80mm-mute'))).resolves.toBe(
      'closed',
    );
    expect(printedNumbers()).toEqual(['R-1']);
  });

  test('is only said to have got the bytes when it never closes', async () => {
    printer.setCondition({ behaviour: 'silent' });
    await expect(transport('generic-80mm-mute', { close: 30 }).send(receipt('R-1'))).resolves.toBe(
      'handed_over',
    );
  });
});

test('a printer that takes the connection and says nothing ends in an error before any byte of the job', async () => {
  printer.setCondition({ behaviour: 'silent' });
  const sending = transport('generic-80mm', { stall: 60 }).send(receipt('R-1'));
  await expect(sending).rejects.toMatchObject({ code: 'stalled', retry: 'soon', mayHavePrinted: false });
});

test('a slow printer is waited for as long as it answers', async () => {
  const job = receipt('R-1');
  // Half a second of printing: many polls, each answered "fine", and none of them taken for trouble or proof.
  printer.setCondition({ bytesPerSecond: job.length * 2 });
  await expect(transport('generic-80mm', { poll: 25 }).send(job)).resolves.toBe('answered');
  expect(printedNumbers()).toEqual(['R-1']);
});

test('a printer that is for ever busy does not hold the queue for ever', async () => {
  printer.setCondition({ bytesPerSecond: 1 });
  const sending = transport('generic-80mm', { poll: 10, job: 80 }).send(receipt('R-1'));
  await expect(sending).rejects.toMatchObject({ code: 'stalled', mayHavePrinted: true });
});

describe('no connection', () => {
  test('a device that takes no connection has refused', async () => {
    const { printerPort } = printer;
    await printer.close();
    await expect(transport('generic-80mm', {}, printerPort).send(receipt('R-1'))).rejects.toMatchObject({
      code: 'refused',
      mayHavePrinted: false,
    });
    printer = await startVirtualPrinter({ printerPort: 0, pagePort: 0 });
  });

  test('a name that leads nowhere is unreachable', async () => {
    const nowhere = networkPrinter({ host: 'printer.invalid', model: printerModel('generic-80mm') });
    await expect(nowhere.send(receipt('R-1'))).rejects.toMatchObject({ code: 'unreachable' });
  });
});

test('a printer that hangs up in the middle', async () => {
  printer.setCondition({ behaviour: 'close_mid_job' });
  const one = transport();
  await expect(one.send(receipt('R-1'))).rejects.toMatchObject({
    code: 'closed_early',
    mayHavePrinted: true,
  });
  printer.setCondition({ behaviour: 'normal' });
  await expect(one.send(receipt('R-2'))).resolves.toBe('answered');
});

describe('trouble at the printer', () => {
  test('paper out is named before anything is sent, and the retry prints once', async () => {
    printer.setCondition({ paper: 'out' });
    const one = transport();
    await expect(one.send(receipt('R-1'))).rejects.toMatchObject({
      code: 'paper_out',
      retry: 'after_attention',
      mayHavePrinted: false,
      message: 'The printer is out of paper.',
    });
    printer.setCondition({ paper: 'ok' });
    await expect(one.send(receipt('R-1'))).resolves.toBe('answered');
    expect(printedNumbers()).toEqual(['R-1']);
  });

  test('an open cover is not taken for missing paper', async () => {
    printer.setCondition({ cover: 'open', paper: 'out' });
    await expect(transport().send(receipt('R-1'))).rejects.toMatchObject({ code: 'cover_open' });
  });

  test('paper that is only running low prints', async () => {
    printer.setCondition({ paper: 'near_end' });
    await expect(transport().send(receipt('R-1'))).resolves.toBe('answered');
  });

  test('paper that runs out in the middle: an error that warns of a second copy', async () => {
    const job = receipt('R-1');
    printer.setCondition({ bytesPerSecond: job.length });
    const sending = transport().send(job);
    await vi.waitFor(() => expect(printer.bytesReceived()).toBeGreaterThan(job.length));
    printer.setCondition({ paper: 'out' });
    await expect(sending).rejects.toMatchObject({ code: 'paper_out', mayHavePrinted: true });
    // What was in the printer's buffer comes out with the new roll: hence the warning.
    printer.setCondition({ paper: 'ok', bytesPerSecond: null });
    await vi.waitFor(() => expect(printedNumbers()).toEqual(['R-1']));
  });

  test('the drawer opens although the paper is out', async () => {
    printer.setCondition({ paper: 'out' });
    await transport('generic-80mm', { close: 30 }).sendUnasked(openDrawer(printerModel('epson-tm-m30')));
    expect(printer.drawerPulses()).toBe(1);
  });
});

describe('cancelling', () => {
  test('before the start sends nothing', async () => {
    await expect(transport().send(receipt('R-1'), AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
      mayHavePrinted: false,
    });
    expect(printer.bytesReceived()).toBe(0);
  });

  test('in the middle ends the wait, and the next job still prints', async () => {
    printer.setCondition({ behaviour: 'silent' });
    const one = transport();
    const stop = new AbortController();
    const sending = one.send(receipt('R-1'), stop.signal);
    await vi.waitFor(() => expect(printer.bytesReceived()).toBeGreaterThan(0));
    stop.abort();
    await expect(sending).rejects.toMatchObject({ code: 'cancelled' });
    printer.setCondition({ behaviour: 'normal' });
    await expect(one.send(receipt('R-2'))).resolves.toBe('answered');
    expect(printedNumbers()).toEqual(['R-2']);
  });
});

/** A peer that does what no honest printer does. */
describe('a strange device', () => {
  const open: (Server | Socket)[] = [];
  afterEach(() => {
    for (const thing of open.splice(0))
      if ('close' in thing) thing.close();
      else thing.destroy();
  });

  async function device(answer: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      open.push(socket);
      socket.on('error', () => socket.destroy());
      answer(socket);
    });
    open.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  test('that closes at once', async () => {
    const port = await device((socket) => socket.end());
    await expect(transport('generic-80mm', {}, port).send(receipt('R-1'))).rejects.toMatchObject({
      code: 'closed_early',
    });
  });

  test('that floods us with rubbish', async () => {
    const port = await device((socket) => socket.write(Buffer.alloc(200_000, 0xff)));
    await expect(transport('generic-80mm', { stall: 60 }, port).send(receipt('R-1'))).rejects.toMatchObject({
      code: 'stalled',
      mayHavePrinted: false,
    });
  });

  test('whose unasked status is not taken for proof of printing', async () => {
    const port = await device((socket) => {
      socket.on('data', (bytes) => {
        // Answers DLE EOT correctly, and sends automatic status instead of an answer to GS r.
        for (const byte of bytes) if (byte === 0x10) socket.write(Uint8Array.of(0x12));
      });
      socket.write(Uint8Array.of(0x10, 0x00, 0x00, 0x00));
    });
    const sending = transport('generic-80mm', { poll: 10, job: 60 }, port).send(receipt('R-1'));
    await expect(sending).rejects.toMatchObject({ code: 'stalled', mayHavePrinted: true });
  });
});
