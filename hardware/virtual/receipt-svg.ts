import { type Drawing, drawBarcode, drawQr } from './barcode-drawing.ts';
import type { Operation } from './escpos-operation.ts';
import { CELL_WIDTH, type PaperItem, paperItems, type Span, startOf } from './paper-items.ts';

/** White paper beside the print, in dots. */
const SIDE = 40;
const TOP = 36;
const TOOTH = 8;
const INK = '#26262b';
const PAPER = '#fdfcf9';

/** The paper as a picture: one unit is one dot. It needs no font or file from elsewhere. */
export function receiptSvg(operations: readonly Operation[], dots: number): string {
  const pieces: string[] = [];
  let y = TOP;
  for (const item of paperItems(operations, dots)) {
    const drawn = drawItem(item, y, dots);
    pieces.push(drawn.svg);
    y += drawn.height;
  }
  const width = dots + 2 * SIDE;
  const height = y + 2 * TOOTH;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<path d="${outline(width, height)}" fill="${PAPER}"/>`,
    `<g transform="translate(${SIDE} 0)" fill="${INK}" font-family="'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace" font-size="20">`,
    ...pieces,
    '</g></svg>',
  ].join('\n');
}

/** Straight where the last receipt was cut, toothed where the blade's teeth tore this one. */
function outline(width: number, height: number): string {
  const teeth = Math.round(width / (2 * TOOTH));
  const step = width / teeth;
  let path = `M0 0H${width}V${height - TOOTH}`;
  for (let tooth = 0; tooth < teeth; tooth += 1) {
    path += `l${round(-step / 2)} ${TOOTH}l${round(-step / 2)} ${-TOOTH}`;
  }
  return `${path}Z`;
}

interface DrawnItem {
  readonly svg: string;
  readonly height: number;
}

function drawItem(item: PaperItem, y: number, dots: number): DrawnItem {
  switch (item.kind) {
    case 'row':
      return { svg: drawRow(item, y, dots), height: item.height };
    case 'gap':
      return { svg: '', height: item.height };
    case 'barcode':
      return drawBars(item, y, dots);
    case 'qr':
      return place(drawQr(item.data, item.moduleWidth), item.align, y, dots, 'QR code');
    case 'raster':
      return { svg: drawRaster(item, y, dots), height: item.height };
    case 'cut':
      return { svg: '', height: 0 };
  }
}

function drawRow(row: Extract<PaperItem, { kind: 'row' }>, y: number, dots: number): string {
  let x = startOf(row.align, row.width, dots);
  // All letters of a row stand on one line, whatever their height.
  const baseline = y + row.height - 11;
  return row.spans
    .map((span) => {
      const svg = drawSpan(span, x, baseline);
      x += spanWidth(span);
      return svg;
    })
    .join('');
}

function spanWidth(span: Span): number {
  return span.text.length * CELL_WIDTH[span.style.font] * span.style.width;
}

function drawSpan(span: Span, x: number, baseline: number): string {
  const { style } = span;
  const width = spanWidth(span);
  const box = style.inverted
    ? `<rect x="${x}" y="${baseline - 20 * style.height}" width="${width}" height="${26 * style.height}"/>`
    : '';
  const line =
    style.underline === 0
      ? ''
      : `<rect x="${x}" y="${baseline + 4}" width="${width}" height="${style.underline * 2}"/>`;
  const cell = CELL_WIDTH[style.font];
  const look = [
    'lengthAdjust="spacingAndGlyphs"',
    ...(style.bold ? ['font-weight="700"'] : []),
    ...(style.inverted ? [`fill="${PAPER}"`] : []),
    ...(style.font === 'A' ? [] : ['font-size="15"']),
  ].join(' ');
  // Word by word at its own place: browsers collapse the spaces of a longer run.
  const words = Array.from(span.text.matchAll(/\S+/gu), ({ 0: word, index }) => {
    const left = x + index * cell * style.width;
    const place = `translate(${left} ${baseline}) scale(${style.width} ${style.height})`;
    return `<text transform="${place}" textLength="${word.length * cell}" ${look}>${escapeXml(word)}</text>`;
  });
  return box + words.join('') + line;
}

function drawBars(item: Extract<PaperItem, { kind: 'barcode' }>, y: number, dots: number): DrawnItem {
  const bars = drawBarcode(item.symbology, item.data, item.moduleWidth, item.height);
  const drawn = place(bars, item.align, y, dots, `${item.symbology} barcode`);
  if (item.caption === 'none' || bars === undefined || bars.width > dots) return drawn;
  const width = item.data.length * CELL_WIDTH.A;
  const x = startOf(item.align, width, dots);
  const caption = `<text x="${x}" y="${y + drawn.height + 18}" textLength="${width}">${escapeXml(item.data)}</text>`;
  return { svg: drawn.svg + caption, height: drawn.height + 26 };
}

/**
 * A real printer prints nothing where bars do not fit or data does not suit. The picture says so, because a gap
 * would not be noticed here.
 */
function place(
  drawing: Drawing | undefined,
  align: 'left' | 'center' | 'right',
  y: number,
  dots: number,
  what: string,
): DrawnItem {
  if (drawing === undefined || drawing.width > dots) {
    const reason = drawing === undefined ? 'cannot be printed' : 'is wider than the paper';
    return {
      svg:
        `<rect x="1" y="${y + 2}" width="${dots - 2}" height="44" fill="none" stroke="#b3261e" stroke-dasharray="8 6"/>` +
        `<text x="14" y="${y + 31}" fill="#b3261e">${escapeXml(`${what} ${reason}`)}</text>`,
      height: 52,
    };
  }
  const x = startOf(align, drawing.width, dots);
  const box = `x="${x}" y="${y}" width="${drawing.width}" height="${drawing.height}"`;
  return {
    svg: `<svg ${box} viewBox="${drawing.viewBox}" preserveAspectRatio="none" shape-rendering="crispEdges">${drawing.body}</svg>`,
    height: drawing.height + 4,
  };
}

/** Black dots as runs of one path: a logo of 384 × 120 dots stays at some kilobytes. */
function drawRaster(item: Extract<PaperItem, { kind: 'raster' }>, y: number, dots: number): string {
  const stride = Math.ceil(item.width / 8);
  const isBlack = (column: number, row: number) =>
    (((item.bits[row * stride + (column >> 3)] ?? 0) >> (7 - (column & 7))) & 1) === 1;
  const across = Math.min(item.width, dots);
  const left = startOf(item.align, across, dots);
  let path = '';
  for (let row = 0; row < item.height; row += 1) {
    for (let column = 0; column < across; column += 1) {
      if (!isBlack(column, row)) continue;
      const from = column;
      while (column < across && isBlack(column, row)) column += 1;
      path += `M${left + from} ${y + row}h${column - from}v1h${from - column}z`;
    }
  }
  return `<path d="${path}" shape-rendering="crispEdges"/>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => XML_ESCAPES[character] ?? character);
}
