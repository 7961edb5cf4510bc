import { toSVG } from 'bwip-js/node';

export interface Drawing {
  /** Size in dots of the printer. */
  readonly width: number;
  readonly height: number;
  /** SVG elements in a box of `viewBox`. */
  readonly body: string;
  readonly viewBox: string;
}

/** Options of single symbologies, which its types do not list. */
type DrawOptions = Parameters<typeof toSVG>[0] & {
  newencoder?: boolean;
  suppressc?: boolean;
  eclevel?: string;
};

const BARCODE_NAMES: ReadonlyMap<string, string> = new Map([
  ['upca', 'upca'],
  ['upce', 'upce'],
  ['ean13', 'ean13'],
  ['ean8', 'ean8'],
  ['code39', 'code39'],
  ['itf', 'interleaved2of5'],
  ['codabar', 'rationalizedCodabar'],
  ['code93', 'code93'],
  ['code128', 'code128'],
  ['gs1-128', 'gs1-128'],
]);

/** `undefined` for data that the symbology cannot hold: a printer prints nothing then. */
export function drawBarcode(
  symbology: string,
  data: string,
  moduleWidth: number,
  height: number,
): Drawing | undefined {
  const name = BARCODE_NAMES.get(symbology);
  if (name === undefined || data === '') return undefined;
  // Without subset C (which only the newer encoder of the library can leave out), because the printer was told
  // subset B: the picture is as wide as the paper would show.
  const subsets = name === 'code128' ? { newencoder: true, suppressc: true } : {};
  return draw({ bcid: name, text: data, scale: 1, height: 10, ...subsets }, moduleWidth, height);
}

export function drawQr(data: string, moduleWidth: number): Drawing | undefined {
  return data === '' ? undefined : draw({ bcid: 'qrcode', text: data, scale: 1, eclevel: 'M' }, moduleWidth);
}

function draw(options: DrawOptions, moduleWidth: number, barHeight?: number): Drawing | undefined {
  let svg: string;
  try {
    svg = toSVG(options);
  } catch {
    // Its one way to say that the data does not suit the symbology.
    return undefined;
  }
  const parts = /^<svg viewBox="0 0 (\d+) (\d+)"[^>]*>(.*)<\/svg>\s*$/s.exec(svg);
  const [, width, height, body] = parts ?? [];
  if (width === undefined || height === undefined || body === undefined) return undefined;
  return {
    width: Number(width) * moduleWidth,
    height: barHeight ?? Number(height) * moduleWidth,
    body,
    viewBox: `0 0 ${width} ${height}`,
  };
}
