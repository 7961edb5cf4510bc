import type { Alignment, TextStyle } from './escpos-operation.ts';

/** What a printer remembers between commands. `ESC @` sets it back. */
export interface PrinterState {
  style: TextStyle;
  codePage: number;
  barcodeHeight: number;
  barcodeModule: number;
  barcodeCaption: 'none' | 'above' | 'below' | 'both';
  qrModule: number;
  qrData: string;
}

/** Power-on values of the command reference. */
export function powerOnState(): PrinterState {
  return {
    style: {
      bold: false,
      underline: 0,
      inverted: false,
      font: 'A',
      width: 1,
      height: 1,
      align: 'left',
    },
    codePage: 0,
    barcodeHeight: 162,
    barcodeModule: 3,
    barcodeCaption: 'none',
    qrModule: 3,
    qrData: '',
  };
}

export function alignment(n: number): Alignment {
  if (n % 48 === 1) return 'center';
  return n % 48 === 2 ? 'right' : 'left';
}

/** `GS ! n`: high nibble is width, low nibble height, each less one. */
export function sized(style: TextStyle, n: number): TextStyle {
  return { ...style, width: ((n >> 4) & 7) + 1, height: (n & 7) + 1 };
}

/** `ESC ! n`: font, bold, double height, double width and underline in one byte. */
export function printMode(style: TextStyle, n: number): TextStyle {
  return {
    ...style,
    font: (n & 0x01) === 0 ? 'A' : 'B',
    bold: (n & 0x08) !== 0,
    height: (n & 0x10) === 0 ? 1 : 2,
    width: (n & 0x20) === 0 ? 1 : 2,
    underline: (n & 0x80) === 0 ? 0 : 1,
  };
}
