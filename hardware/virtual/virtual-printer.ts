import type { Server } from 'node:net';
import { EventEmitter, once } from 'node:events';
import type { PrinterCondition, PrinterConditionChange } from './printer-condition.ts';
import { openPrinterPort } from './printer-port.ts';
import { createPageServer } from './printer-page.ts';
import { receiptSvg } from './receipt-svg.ts';
import { receiptText } from './receipt-text.ts';
import { VirtualDevice } from './virtual-device.ts';
import type { VirtualReceipt } from './virtual-receipt.ts';

export interface VirtualPrinterOptions {
  /** TCP port of the printer; 0 takes any free one. A real printer has 9100. */
  readonly printerPort: number;
  /** Port of the page that shows the paper; 0 takes any free one. */
  readonly pagePort: number;
  /** `127.0.0.1` unless told: it is a toy without access control and belongs on no network. */
  readonly host?: string;
  /** Dots across; 576 is 80 mm, 384 is 58 mm. */
  readonly dots?: number;
  /** How many receipts are kept; older ones are thrown away. */
  readonly keep?: number;
}

export interface VirtualPrinter {
  readonly printerPort: number;
  readonly pageUrl: string;
  /** Oldest first. */
  receipts(): readonly VirtualReceipt[];
  /** Bytes that arrived since the start, printed or not. */
  bytesReceived(): number;
  /** Since the start. */
  drawerPulses(): number;
  drawerOpen(): boolean;
  closeDrawer(): void;
  condition(): PrinterCondition;
  setCondition(change: PrinterConditionChange): void;
  close(): Promise<void>;
}

/**
 * A receipt printer with a cash drawer, without the hardware: real TCP, an ESC/POS interpreter of its own, and a
 * page that shows the paper.
 * @throws when a port is taken (`EADDRINUSE`); nothing stays open then.
 */
export async function startVirtualPrinter(options: VirtualPrinterOptions): Promise<VirtualPrinter> {
  const { host = '127.0.0.1', dots = 576, keep = 50 } = options;
  const receipts: VirtualReceipt[] = [];
  const changes = new EventEmitter<{ change: [] }>();
  changes.setMaxListeners(0);
  let lastId = 0;
  const device = new VirtualDevice({
    receipt: (operations) => {
      lastId += 1;
      receipts.push({
        id: lastId,
        printedAt: new Date(),
        operations,
        text: receiptText(operations, dots),
        svg: receiptSvg(operations, dots),
      });
      if (receipts.length > keep) receipts.shift();
      changes.emit('change');
    },
    changed: () => changes.emit('change'),
  });

  const port = openPrinterPort(device);
  const boundPrinterPort = await listen(port.server, options.printerPort, host);
  const page = createPageServer({ device, receipts, changes, printerPort: boundPrinterPort });
  const closePrinterPort = async () => {
    device.stop();
    const closed = once(port.server, 'close');
    port.server.close();
    port.closeLinks();
    await closed;
  };
  let boundPagePort: number;
  try {
    boundPagePort = await listen(page, options.pagePort, host);
  } catch (error) {
    await closePrinterPort();
    throw error;
  }

  return {
    printerPort: boundPrinterPort,
    pageUrl: `http://${host}:${boundPagePort}/`,
    receipts: () => [...receipts],
    bytesReceived: () => device.bytesReceived,
    drawerPulses: () => device.drawerPulses,
    drawerOpen: () => device.drawerOpen,
    closeDrawer: () => device.closeDrawer(),
    condition: () => device.condition,
    setCondition: (change) => device.setCondition(change),
    close: async () => {
      const pageClosed = once(page, 'close');
      page.close();
      page.closeAllConnections();
      await Promise.all([closePrinterPort(), pageClosed]);
    },
  };
}

/** Resolves with the port that was bound. */
async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
