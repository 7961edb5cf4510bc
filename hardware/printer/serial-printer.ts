import { SerialPort } from 'serialport';
import type { PrinterLine } from './printer-line.ts';
import type { PrinterModel } from './printer-model.ts';
import type { PrinterTransport } from './printer-transport.ts';
import { printingOver, type PrintingTimeouts } from './printing.ts';

export interface SerialPrinterOptions {
  /** `/dev/ttyUSB0`, `COM3` */
  readonly path: string;
  /** As the printer's switches say; Epson delivers 38,400, older printers 9,600. */
  readonly baudRate: number;
  readonly model: PrinterModel;
  readonly timeouts?: Partial<PrintingTimeouts>;
}

/**
 * A printer on a serial line, eight data bits, no parity. The port is locked while a job prints. A serial line
 * knows no close, so a printer without status can never prove more than `handed_over`.
 */
export function serialPrinter(options: SerialPrinterOptions): PrinterTransport {
  const { path, baudRate, model, timeouts } = options;
  return printingOver(() => serialLine(path, baudRate), model, timeouts);
}

function serialLine(path: string, baudRate: number): PrinterLine {
  const port = new SerialPort({ path, baudRate });
  return {
    stream: port,
    openEvent: 'open',
    // The binding gives its reason as text only; a locked port means that another program prints.
    codeOf: (error) => (/lock|access denied|busy/i.test(error.message) ? 'refused' : 'unreachable'),
    finish: (done) => port.drain(() => done()),
    canClose: false,
    destroy: () =>
      new Promise((resolve) => {
        if (port.opening) {
          port.once('open', () => port.close(() => resolve()));
          port.once('error', () => resolve());
        } else if (port.isOpen) port.close(() => resolve());
        else resolve();
      }),
  };
}
