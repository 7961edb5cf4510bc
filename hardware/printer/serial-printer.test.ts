import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startVirtualPrinter, type VirtualPrinter } from '#hardware/virtual/virtual-printer.ts';
import { openDrawer } from './drawer-pulse.ts';
import { escPosReceiptCodec } from './escpos-receipt-codec.ts';
import { printerModel, type PrinterModelId } from './printer-model.ts';
import type { PrintingTimeouts } from './printing.ts';
import { SAMPLE_RECEIPT } from './sample-receipt.ts';
import { serialPrinter } from './serial-printer.ts';

/** A real pseudo-terminal, bridged by socat to the virtual printer. Without socat the tests show as skipped. */
const SOCAT = '/usr/bin/socat';
const PATIENT = { connect: 5_000, stall: 20_000, poll: 50, job: 30_000, close: 5_000 };

describe.skipIf(!existsSync(SOCAT))('a printer on a serial line', () => {
  let printer: VirtualPrinter;
  let bridge: ChildProcess;
  let folder: string;
  let path: string;

  beforeEach(async () => {
    printer = await startVirtualPrinter({ printerPort: 0, pagePort: 0 });
    folder = mkdtempSync(join(tmpdir(), 'holdfast-serial-'));
    path = join(folder, 'tty');
    bridge = spawn(SOCAT, [`pty,raw,echo=0,link=${path}`, `tcp:127.0.0.1:${printer.printerPort}`]);
    await vi.waitUntil(() => existsSync(path), 5_000);
  });
  afterEach(async () => {
    await unplug();
    await printer.close();
    rmSync(folder, { recursive: true });
  });

  async function unplug(): Promise<void> {
    if (bridge.exitCode !== null || bridge.signalCode !== null) return;
    const exited = once(bridge, 'exit');
    bridge.kill();
    await exited;
  }

  function transport(timeouts: Partial<PrintingTimeouts> = {}, id: PrinterModelId = 'generic-80mm') {
    return serialPrinter({
      path,
      baudRate: 38_400,
      model: printerModel(id),
      timeouts: { ...PATIENT, ...timeouts },
    });
  }

  const job = escPosReceiptCodec.encode(SAMPLE_RECEIPT, printerModel('generic-80mm'));

  test('confirms each receipt, one after the other', async () => {
    const one = transport();
    expect(await Promise.all([one.send(job), one.send(job)])).toEqual(['answered', 'answered']);
    expect(printer.receipts()).toHaveLength(2);
    expect(printer.receipts()[1]?.text).toContain('TOTAL             $42.78');
    expect(
      printer
        .receipts()
        .flatMap(({ operations }) => operations)
        .map(({ kind }) => kind),
    ).not.toContain('unknown');
  });

  test('names paper out, and prints when paper is back', async () => {
    printer.setCondition({ paper: 'out' });
    await expect(transport().send(job)).rejects.toMatchObject({ code: 'paper_out', mayHavePrinted: false });
    printer.setCondition({ paper: 'ok' });
    await expect(transport().send(job)).resolves.toBe('answered');
    expect(printer.receipts()).toHaveLength(1);
  });

  test('ends in an error when the printer says nothing', async () => {
    printer.setCondition({ behaviour: 'silent' });
    await expect(transport({ stall: 80 }).send(job)).rejects.toMatchObject({
      code: 'stalled',
      mayHavePrinted: false,
    });
  });

  test('without status can only say that the bytes were handed over', async () => {
    printer.setCondition({ behaviour: 'no_status' });
    await expect(transport({}, 'generic-58mm').send(job)).resolves.toBe('handed_over');
    await vi.waitFor(() => expect(printer.receipts()).toHaveLength(1));
  });

  test('opens the drawer', async () => {
    await transport().sendUnasked(openDrawer(printerModel('generic-80mm')));
    await vi.waitFor(() => expect(printer.drawerPulses()).toBe(1));
  });

  test('unplugged in the middle', async () => {
    printer.setCondition({ behaviour: 'silent' });
    const sending = transport().send(job);
    const rejection = sending.catch((error: unknown) => error);
    await vi.waitFor(() => expect(printer.bytesReceived()).toBeGreaterThan(0));
    await unplug();
    expect(await rejection).toMatchObject({ code: 'closed_early' });
  });

  test('a port that is not there is unreachable', async () => {
    const nowhere = serialPrinter({
      path: join(folder, 'none'),
      baudRate: 38_400,
      model: printerModel('generic-80mm'),
    });
    await expect(nowhere.send(job)).rejects.toMatchObject({ code: 'unreachable', mayHavePrinted: false });
  });

  test('a port that another program holds has refused', async () => {
    printer.setCondition({ behaviour: 'silent' });
    const stop = new AbortController();
    const holding = transport()
      .send(job, stop.signal)
      .catch((error: unknown) => error);
    await vi.waitFor(() => expect(printer.bytesReceived()).toBeGreaterThan(0));
    await expect(transport().send(job)).rejects.toMatchObject({ code: 'refused' });
    stop.abort();
    expect(await holding).toMatchObject({ code: 'cancelled' });
  });
});
