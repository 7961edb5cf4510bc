import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { escPosReceiptCodec } from '#hardware/printer/escpos-receipt-codec.ts';
import { networkPrinter } from '#hardware/printer/network-printer.ts';
import { printerModel } from '#hardware/printer/printer-model.ts';
import { SAMPLE_RECEIPT } from '#hardware/printer/sample-receipt.ts';
import { startVirtualPrinter, type VirtualPrinter } from './virtual-printer.ts';

const model = printerModel('generic-80mm');
const job = escPosReceiptCodec.encode(SAMPLE_RECEIPT, model);

let printer: VirtualPrinter;
beforeEach(async () => {
  printer = await startVirtualPrinter({ printerPort: 0, pagePort: 0, keep: 3 });
});
afterEach(async () => {
  await printer.close();
});

async function print(): Promise<void> {
  await networkPrinter({ host: '127.0.0.1', port: printer.printerPort, model }).send(job);
}

/** Sends raw bytes and closes. */
async function sendRaw(bytes: Uint8Array): Promise<void> {
  const socket = connect(printer.printerPort, '127.0.0.1');
  socket.end(bytes);
  socket.resume();
  await once(socket, 'close');
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<number> {
  const url = new URL(path, printer.pageUrl);
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers });
  return response.status;
}

describe('the paper', () => {
  test('is kept for the last receipts only', async () => {
    for (let count = 0; count < 5; count += 1) await print();
    expect(printer.receipts().map(({ id }) => id)).toEqual([3, 4, 5]);
  });

  test('without a cut is a receipt when the host hangs up', async () => {
    await sendRaw(Buffer.from('no cut here\n'));
    expect(printer.receipts().map(({ text }) => text)).toEqual(['no cut here']);
  });

  test('shows rubbish as rubbish and goes on', async () => {
    await sendRaw(Uint8Array.of(0x1b, 0xff, 0x01, 0x02, 0x1d));
    expect(printer.receipts()[0]?.operations.map(({ kind }) => kind)).toContain('unknown');
    await print();
    expect(printer.receipts().at(-1)?.text).toContain('TOTAL             $42.78');
  });

  test('keeps what waits for paper, and one host does not shut out the next', async () => {
    printer.setCondition({ paper: 'out' });
    const socket = connect(printer.printerPort, '127.0.0.1');
    socket.end(job);
    await vi.waitFor(() => expect(printer.bytesReceived()).toBe(job.length));
    await expect(print()).rejects.toMatchObject({ code: 'paper_out' });
    expect(printer.receipts()).toEqual([]);
    printer.setCondition({ paper: 'ok' });
    await vi.waitFor(() => expect(printer.receipts()).toHaveLength(1));
    socket.destroy();
  });
});

describe('the page', () => {
  test('serves itself, its pictures and nothing else', async () => {
    await print();
    const page = await fetch(printer.pageUrl);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await page.text()).toContain('<title>Virtual printer</title>');
    const picture = await fetch(new URL('/receipts/1.svg', printer.pageUrl));
    expect(picture.headers.get('content-type')).toBe('image/svg+xml');
    expect(await picture.text()).toContain('>$42.78</text>');
    for (const path of [
      '/receipts/2.svg',
      '/../virtual-printer.ts',
      '/page/page.js',
      '/%2e%2e/printer-page.ts',
    ]) {
      expect((await fetch(new URL(path, printer.pageUrl))).status).toBe(404);
    }
  });

  test('tells every change at once', async () => {
    const response = await fetch(new URL('/events', printer.pageUrl));
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const state = z.object({
      drawer: z.object({ open: z.boolean(), pulses: z.number() }),
      condition: z.object({ paper: z.string() }),
      receipts: z.array(z.object({ id: z.number(), text: z.string() })),
    });
    const next = async () =>
      state.parse(JSON.parse(String((await reader?.read())?.value).slice('data: '.length)));
    expect(await next()).toMatchObject({ drawer: { open: false, pulses: 0 }, receipts: [] });
    printer.setCondition({ paper: 'near_end' });
    expect(await next()).toMatchObject({ condition: { paper: 'near_end' } });
    await print();
    expect((await next()).receipts[0]?.text).toContain('Harbor Wine & Spirits');
    await reader?.cancel();
  });

  test('switches the condition and closes the drawer', async () => {
    await sendRaw(Uint8Array.of(0x1b, 0x70, 0, 50, 250));
    expect(printer.drawerOpen()).toBe(true);
    expect(await post('/drawer/close', {})).toBe(204);
    expect(printer.drawerOpen()).toBe(false);
    expect(await post('/condition', { cover: 'open', bytesPerSecond: 300 })).toBe(204);
    expect(printer.condition()).toMatchObject({ cover: 'open', bytesPerSecond: 300, paper: 'ok' });
    expect(await post('/condition', { bytesPerSecond: null })).toBe(204);
    expect(printer.condition()).toMatchObject({ cover: 'open', bytesPerSecond: null });
  });

  test('refuses what is no change, what is too long and what comes from elsewhere', async () => {
    expect(await post('/condition', { paper: 'wet' })).toBe(400);
    expect(await post('/condition', { paper: 'x'.repeat(100_000) })).toBe(400);
    expect(await post('/nothing', {})).toBe(400);
    expect(await post('/condition', { paper: 'out' }, { origin: 'http://evil.example' })).toBe(403);
    expect(printer.condition().paper).toBe('ok');
  });
});

test('a taken port is an error and leaves nothing open', async () => {
  const pagePort = Number(new URL(printer.pageUrl).port);
  await expect(startVirtualPrinter({ printerPort: printer.printerPort, pagePort: 0 })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await expect(startVirtualPrinter({ printerPort: 0, pagePort })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
