/** A printer with the cash drawer on it, as the till sees it. */
import { openDrawer } from '#hardware/printer/drawer-pulse.ts';
import { escPosReceiptCodec } from '#hardware/printer/escpos-receipt-codec.ts';
import { networkPrinter } from '#hardware/printer/network-printer.ts';
import { printerModel, printerModelIdSchema } from '#hardware/printer/printer-model.ts';
import type { Delivery } from '#hardware/printer/printer-transport.ts';
import type { PrintingTimeouts } from '#hardware/printer/printing.ts';
import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';

export interface ReceiptPrinter {
  /** Whether `print` resolves on the printer's own word. Otherwise it has taken the bytes, and nobody knows more. */
  readonly confirms: boolean;
  /** @throws {PrinterError} with a sentence for the cashier */
  print(
    document: ReceiptDocument,
    options: { readonly copy: boolean; readonly signal?: AbortSignal },
  ): Promise<Delivery>;
  /** @throws {PrinterError} */
  openDrawer(): Promise<void>;
}

export interface PrinterAddress {
  readonly host: string;
  readonly port: number;
  readonly model: string;
}

/**
 * The cashier stands before the drawer with the change in his hand: what has not opened within these times is opened
 * with the key. A pulse that comes later would open it before nobody.
 */
const DRAWER_TIMEOUTS: Partial<PrintingTimeouts> = {
  connect: 2_000,
  stall: 2_000,
  poll: 500,
  job: 2_000,
  close: 500,
};

export interface ReceiptPrinterTimeouts {
  readonly paper?: Partial<PrintingTimeouts>;
  readonly drawer?: Partial<PrintingTimeouts>;
}

/** @throws {z.ZodError} when the model is not one we have facts about */
export function networkReceiptPrinter(
  { host, port, model: modelId }: PrinterAddress,
  timeouts: ReceiptPrinterTimeouts = {},
): ReceiptPrinter {
  const model = printerModel(printerModelIdSchema.parse(modelId));
  const options = { host, port, model };
  const paper = networkPrinter({ ...options, timeouts: timeouts.paper ?? {} });
  // A line of its own: behind a receipt that hangs at the printer, the customer's change would wait as well.
  const drawer = networkPrinter({ ...options, timeouts: { ...DRAWER_TIMEOUTS, ...timeouts.drawer } });
  return {
    confirms: model.answersStatus,
    print: (document, { copy, signal }) =>
      paper.send(escPosReceiptCodec.encode(document, model, { copy }), signal),
    openDrawer: async () => {
      // Without the real-time pulse, a printer that is out of paper keeps the pulse in its buffer and opens the
      // drawer when somebody brings paper. Such a printer is asked first, and gets no pulse while it cannot work.
      const mayWait = !model.drawer.realTime && model.answersStatus;
      await (mayWait ? drawer.send(openDrawer(model)) : drawer.sendUnasked(openDrawer(model)));
    },
  };
}
