import type { PrinterErrorCode } from './printer-error.ts';

/** `DLE EOT n`: answered at once, whatever the printer is doing. */
export function realTimeStatusRequest(n: 1 | 2 | 3 | 4): Uint8Array {
  return Uint8Array.of(0x10, 0x04, n);
}

/** Asks for printer, offline cause, error cause and paper, answered in this order. */
export const FULL_STATUS_REQUEST = Uint8Array.of(
  ...([1, 2, 3, 4] as const).flatMap((n) => [...realTimeStatusRequest(n)]),
);

/** `GS r 1`: answered in its turn, so the answer says that everything before it has been worked through. */
export const PAPER_SENSOR_REQUEST = Uint8Array.of(0x1d, 0x72, 0x01);

/** `GS a 0`: status that nobody asked for looks like an answer to `GS r` and would pass for proof. */
export const AUTOMATIC_STATUS_OFF = Uint8Array.of(0x1d, 0x61, 0x00);

/** Fixed bits of an answer to `DLE EOT`: 0xx1xx10. Automatic status and `GS r` have bit 4 clear. */
export function isRealTimeAnswer(byte: number): boolean {
  return (byte & 0x93) === 0x12;
}

/** Fixed bits of an answer to `GS r`: 0xx0xxxx. */
export function isSensorAnswer(byte: number): boolean {
  return (byte & 0x90) === 0;
}

export type PrinterTrouble = Extract<PrinterErrorCode, 'paper_out' | 'cover_open' | 'offline' | 'fault'>;

/**
 * What the four answers mean, the cause before its consequence: an open cover also reports no paper, and
 * everything reports offline. Bits by Epson's command reference, `DLE EOT`.
 */
export function troubleOf(
  printer: number,
  offlineCause: number,
  errorCause: number,
  paper: number,
): PrinterTrouble | undefined {
  if ((offlineCause & 0x04) !== 0) return 'cover_open';
  if ((paper & 0x60) !== 0 || (offlineCause & 0x20) !== 0) return 'paper_out';
  if ((errorCause & 0x2c) !== 0 || (offlineCause & 0x40) !== 0) return 'fault';
  if ((printer & 0x08) !== 0) return 'offline';
  return undefined;
}

/** Whether an answer to `GS r 1` says that the roll has ended. */
export function saysPaperEnd(sensor: number): boolean {
  return (sensor & 0x0c) !== 0;
}
