import type { Operation } from './escpos-operation.ts';
import { CELL_WIDTH, type PaperItem, paperItems, startOf } from './paper-items.ts';

/**
 * The paper as plain text, one string per printed row, for tests and for people who cannot see the picture.
 * Large letters count by their text alone; bars and pictures appear in square brackets.
 */
export function receiptText(operations: readonly Operation[], dots: number): string {
  return paperItems(operations, dots)
    .flatMap((item) => textOf(item, dots))
    .join('\n');
}

function textOf(item: PaperItem, dots: number): string[] {
  switch (item.kind) {
    case 'row': {
      const text = item.spans.map((span) => span.text).join('');
      const indent = Math.floor(startOf(item.align, item.width, dots) / CELL_WIDTH.A);
      return [(' '.repeat(indent) + text).trimEnd()];
    }
    case 'gap':
      return Array.from({ length: Math.floor(item.height / 30) }, () => '');
    case 'barcode':
      return [`[${item.symbology} ${item.data}]`];
    case 'qr':
      return [`[qr ${item.data}]`];
    case 'raster':
      return [`[picture ${item.width} x ${item.height}]`];
    case 'cut':
      return [`[cut ${item.mode}]`];
  }
}
