import type { Alignment, Operation, TextStyle } from './escpos-operation.ts';

/** Letters of one look, as wide as the paper allows. */
export interface Span {
  readonly text: string;
  readonly style: TextStyle;
}

/** What stands on the paper, from top to bottom. Lengths in dots. */
export type PaperItem =
  | {
      readonly kind: 'row';
      readonly spans: readonly Span[];
      readonly align: Alignment;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'gap'; readonly height: number }
  | Extract<Operation, { kind: 'barcode' | 'qr' | 'raster' | 'cut' }>;

export const CELL_WIDTH = { A: 12, B: 9, C: 8 } as const;
const CELL_HEIGHT = { A: 24, B: 17, C: 16 } as const;
/** Default line spacing of the command reference is 1/6 inch: 30 dots at 180 dpi; 3.75 mm look the same at 203. */
const ROW_HEIGHT = 30;
const LEADING = ROW_HEIGHT - CELL_HEIGHT.A;

/**
 * Lays operations out as a printer with `dots` across does, wrapping what is too wide. Drawer pulses, status
 * requests and unknown bytes leave nothing on paper.
 */
export function paperItems(operations: readonly Operation[], dots: number): PaperItem[] {
  const items: PaperItem[] = [];
  let row = new OpenRow(dots);
  const endRow = () => {
    if (row.used > 0) items.push(row.item());
    row = new OpenRow(dots);
  };
  for (const operation of operations) {
    switch (operation.kind) {
      case 'text':
        for (const character of operation.text) {
          if (row.add(character, operation.style)) continue;
          endRow();
          row.add(character, operation.style);
        }
        break;
      case 'feed_rows': {
        const empty = row.used > 0 ? operation.rows - 1 : operation.rows;
        endRow();
        if (empty > 0) items.push({ kind: 'gap', height: empty * ROW_HEIGHT });
        break;
      }
      case 'feed_dots':
        endRow();
        items.push({ kind: 'gap', height: operation.dots });
        break;
      case 'barcode':
      case 'qr':
      case 'raster':
        endRow();
        items.push(operation);
        break;
      case 'cut':
        endRow();
        if (operation.feedDots > 0) items.push({ kind: 'gap', height: operation.feedDots });
        items.push(operation);
        break;
      default:
        break;
    }
  }
  endRow();
  return items;
}

/** A row that is still being filled. */
class OpenRow {
  used = 0;
  readonly #dots: number;
  readonly #spans: { text: string; style: TextStyle }[] = [];
  #height = 0;

  constructor(dots: number) {
    this.#dots = dots;
  }

  /** False when the character does not fit any more. */
  add(character: string, style: TextStyle): boolean {
    const width = CELL_WIDTH[style.font] * style.width;
    if (this.used > 0 && this.used + width > this.#dots) return false;
    const last = this.#spans.at(-1);
    if (last?.style === style) last.text += character;
    else this.#spans.push({ text: character, style });
    this.used += width;
    this.#height = Math.max(this.#height, CELL_HEIGHT[style.font] * style.height);
    return true;
  }

  item(): PaperItem {
    return {
      kind: 'row',
      spans: this.#spans,
      align: this.#spans[0]?.style.align ?? 'left',
      width: this.used,
      height: Math.max(ROW_HEIGHT, this.#height + LEADING),
    };
  }
}

/** Where something of this width starts. */
export function startOf(align: Alignment, width: number, dots: number): number {
  if (align === 'left') return 0;
  const free = Math.max(0, dots - width);
  return align === 'right' ? free : Math.floor(free / 2);
}
