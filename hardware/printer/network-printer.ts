import { connect } from 'node:net';
import type { PrinterLine } from './printer-line.ts';
import type { PrinterModel } from './printer-model.ts';
import type { PrinterTransport } from './printer-transport.ts';
import { printingOver, type PrintingTimeouts } from './printing.ts';

export interface NetworkPrinterOptions {
  readonly host: string;
  /** 9100 unless told. */
  readonly port?: number;
  readonly model: PrinterModel;
  readonly timeouts?: Partial<PrintingTimeouts>;
}

/**
 * A printer on TCP port 9100. Each job has a connection of its own: most printers serve one at a time, and
 * another till waits for its turn.
 */
export function networkPrinter(options: NetworkPrinterOptions): PrinterTransport {
  const { host, port = 9100, model, timeouts } = options;
  return printingOver(() => tcpLine(host, port), model, timeouts);
}

function tcpLine(host: string, port: number): PrinterLine {
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
  return {
    stream: socket,
    openEvent: 'connect',
    codeOf: (error) => ('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable'),
    finish: (done) => socket.end(done),
    canClose: true,
    destroy: () => {
      socket.destroy();
      return Promise.resolve();
    },
  };
}
