import { INCOMPLETE, setting, step, type Step, unknown } from './command-step.ts';
import type { TextStyle } from './escpos-operation.ts';
import { alignment, powerOnState, printMode, type PrinterState } from './printer-state.ts';

/** Commands of two bytes without a parameter. */
const BARE: ReadonlyMap<number, string> = new Map([
  [0x32, 'line spacing default'],
  [0x0c, 'print page'],
  [0x4c, 'page mode'],
  [0x53, 'standard mode'],
]);

/** One-byte parameters that change nothing a receipt of ours is judged by. */
const ONE_BYTE: ReadonlyMap<number, string> = new Map([
  [0x20, 'character spacing'],
  [0x25, 'user characters'],
  [0x33, 'line spacing'],
  [0x3d, 'peripheral'],
  [0x52, 'international set'],
  [0x54, 'print direction'],
  [0x56, 'rotation'],
  [0x7b, 'upside down'],
  [0x72, 'colour'],
]);

/** Parses `ESC …` at `offset`. */
export function escCommand(bytes: Uint8Array, offset: number, state: PrinterState): Step {
  const command = bytes[offset + 1];
  if (command === undefined) return INCOMPLETE;
  const bare = BARE.get(command);
  if (bare !== undefined) return setting(2, bare, 0);
  if (command === 0x40) {
    Object.assign(state, powerOnState());
    return step(2, { kind: 'initialize' });
  }
  if (command === 0x69) return step(2, { kind: 'cut', mode: 'full', feedDots: 0 });
  if (command === 0x6d) return step(2, { kind: 'cut', mode: 'partial', feedDots: 0 });
  if (command === 0x70) return drawerPulse(bytes, offset);
  if (command === 0x2a) return columnImage(bytes, offset, state);
  if (command === 0x24 || command === 0x5c) return twoByteSetting(bytes, offset);
  return oneParameter(bytes, offset, command, state);
}

function oneParameter(bytes: Uint8Array, offset: number, command: number, state: PrinterState): Step {
  const plain = ONE_BYTE.get(command);
  const n = bytes[offset + 2];
  if (n === undefined) {
    return plain !== undefined || STYLED.has(command) ? INCOMPLETE : unknown(bytes, offset, 2);
  }
  if (plain !== undefined) return setting(3, plain, n);
  if (command === 0x64) return step(3, { kind: 'feed_rows', rows: n });
  if (command === 0x4a) return step(3, { kind: 'feed_dots', dots: n });
  if (command === 0x74) {
    state.codePage = n;
    return setting(3, 'code page', n);
  }
  const restyle = STYLED.get(command);
  if (restyle === undefined) return unknown(bytes, offset, 2);
  state.style = restyle(state.style, n);
  return setting(3, `ESC ${String.fromCodePoint(command)}`, n);
}

type Restyle = (style: TextStyle, n: number) => TextStyle;

const STYLED: ReadonlyMap<number, Restyle> = new Map<number, Restyle>([
  [0x21, printMode],
  [0x2d, (style, n) => ({ ...style, underline: n % 48 === 1 ? 1 : n % 48 === 2 ? 2 : 0 })],
  [0x45, (style, n) => ({ ...style, bold: (n & 1) === 1 })],
  [0x47, (style, n) => ({ ...style, bold: (n & 1) === 1 })],
  [0x4d, (style, n) => ({ ...style, font: n % 48 === 1 ? 'B' : n % 48 === 2 ? 'C' : 'A' })],
  [0x61, (style, n) => ({ ...style, align: alignment(n) })],
  // Only here so that a command cut off before its parameter is waited for; handled before restyling.
  [0x64, (style) => style],
  [0x4a, (style) => style],
  [0x74, (style) => style],
]);

function drawerPulse(bytes: Uint8Array, offset: number): Step {
  const [, , m, on, off] = bytes.subarray(offset, offset + 5);
  if (m === undefined || on === undefined || off === undefined) return INCOMPLETE;
  return step(5, {
    kind: 'drawer_pulse',
    pin: m % 48 === 1 ? 5 : 2,
    onMilliseconds: on * 2,
    offMilliseconds: off * 2,
    realTime: false,
  });
}

function twoByteSetting(bytes: Uint8Array, offset: number): Step {
  const [, , low, high] = bytes.subarray(offset, offset + 4);
  if (low === undefined || high === undefined) return INCOMPLETE;
  return setting(4, 'position', low + high * 256);
}

/** `ESC * m nL nH d…`: columns of 8 or 24 dots, turned into rows. */
function columnImage(bytes: Uint8Array, offset: number, state: PrinterState): Step {
  const [, , m, low, high] = bytes.subarray(offset, offset + 5);
  if (m === undefined || low === undefined || high === undefined) return INCOMPLETE;
  const width = low + high * 256;
  const bytesPerColumn = m >= 32 ? 3 : 1;
  const length = 5 + width * bytesPerColumn;
  if (bytes.length < offset + length) return INCOMPLETE;
  const columns = bytes.subarray(offset + 5, offset + length);
  const stride = Math.ceil(width / 8);
  const height = bytesPerColumn * 8;
  const bits = new Uint8Array(stride * height);
  for (let x = 0; x < width; x += 1) {
    for (let y = 0; y < height; y += 1) {
      const black = ((columns[x * bytesPerColumn + (y >> 3)] ?? 0) >> (7 - (y & 7))) & 1;
      const at = y * stride + (x >> 3);
      bits[at] = (bits[at] ?? 0) | (black << (7 - (x & 7)));
    }
  }
  return step(length, { kind: 'raster', width, height, bits, align: state.style.align });
}
