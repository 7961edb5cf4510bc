import { INCOMPLETE, latin1, setting, step, type Step, unknown } from './command-step.ts';
import { type PrinterState, sized } from './printer-state.ts';

/** Parameters that change nothing a receipt of ours is judged by, with the number of their bytes. */
const PLAIN: ReadonlyMap<number, readonly [name: string, bytes: number]> = new Map([
  [0x4c, ['left margin', 2]],
  [0x57, ['print width', 2]],
  [0x50, ['motion units', 2]],
  [0x61, ['automatic status', 1]],
  [0x62, ['smoothing', 1]],
  [0x66, ['caption font', 1]],
]);

/** Parses `GS …` at `offset`. */
export function gsCommand(bytes: Uint8Array, offset: number, state: PrinterState): Step {
  const command = bytes[offset + 1];
  if (command === undefined) return INCOMPLETE;
  const plain = PLAIN.get(command);
  if (plain !== undefined) {
    const [name, size] = plain;
    const parameters = bytes.subarray(offset + 2, offset + 2 + size);
    if (parameters.length < size) return INCOMPLETE;
    return setting(2 + size, name, (parameters[0] ?? 0) + (parameters[1] ?? 0) * 256);
  }
  switch (command) {
    case 0x56:
      return cut(bytes, offset);
    case 0x6b:
      return barcode(bytes, offset, state);
    case 0x28:
      return extended(bytes, offset, state);
    case 0x76:
      return raster(bytes, offset, state);
    default:
      return oneParameter(bytes, offset, command, state);
  }
}

function oneParameter(bytes: Uint8Array, offset: number, command: number, state: PrinterState): Step {
  if (![0x21, 0x42, 0x48, 0x68, 0x72, 0x77].includes(command)) return unknown(bytes, offset, 2);
  const n = bytes[offset + 2];
  if (n === undefined) return INCOMPLETE;
  switch (command) {
    case 0x72:
      return step(3, { kind: 'status_request', command: 'GS r', n: n % 48 });
    case 0x21:
      state.style = sized(state.style, n);
      return setting(3, 'size', n);
    case 0x42:
      state.style = { ...state.style, inverted: (n & 1) === 1 };
      return setting(3, 'inverted', n);
    case 0x48:
      state.barcodeCaption = (['none', 'above', 'below', 'both'] as const)[n % 48] ?? 'none';
      return setting(3, 'caption', n);
    case 0x68:
      state.barcodeHeight = n;
      return setting(3, 'barcode height', n);
    default:
      state.barcodeModule = n;
      return setting(3, 'barcode module', n);
  }
}

/** `GS V m` cuts at once; m of 65 and more has a byte that feeds first. */
function cut(bytes: Uint8Array, offset: number): Step {
  const m = bytes[offset + 2];
  if (m === undefined) return INCOMPLETE;
  if (m === 0 || m === 48) return step(3, { kind: 'cut', mode: 'full', feedDots: 0 });
  if (m === 1 || m === 49) return step(3, { kind: 'cut', mode: 'partial', feedDots: 0 });
  if (![65, 66, 97, 98, 103, 104].includes(m)) return unknown(bytes, offset, 3);
  const feedDots = bytes[offset + 3];
  if (feedDots === undefined) return INCOMPLETE;
  return step(4, { kind: 'cut', mode: m % 2 === 1 ? 'full' : 'partial', feedDots });
}

const FUNCTION_A = ['upca', 'upce', 'ean13', 'ean8', 'code39', 'itf', 'codabar'];
const FUNCTION_B = [...FUNCTION_A, 'code93', 'code128', 'gs1-128'];

/** `GS k`: function A ends with NUL, function B says its length. */
function barcode(bytes: Uint8Array, offset: number, state: PrinterState): Step {
  const m = bytes[offset + 2];
  if (m === undefined) return INCOMPLETE;
  const functionB = FUNCTION_B[m - 65];
  if (functionB !== undefined) {
    const size = bytes[offset + 3];
    if (size === undefined || bytes.length < offset + 4 + size) return INCOMPLETE;
    // Without a code set in front a printer cancels the command and prints the data as text.
    if (functionB === 'code128' && bytes[offset + 4] !== 0x7b) return unknown(bytes, offset, 4);
    return bars(functionB, bytes.subarray(offset + 4, offset + 4 + size), 4 + size, state);
  }
  const functionA = FUNCTION_A[m];
  if (functionA === undefined) return unknown(bytes, offset, 3);
  const end = bytes.indexOf(0, offset + 3);
  // No symbology of function A holds more than 255 characters; a stream without NUL must not be swallowed.
  if (end === -1) return bytes.length > offset + 260 ? unknown(bytes, offset, 3) : INCOMPLETE;
  return bars(functionA, bytes.subarray(offset + 3, end), end - offset + 1, state);
}

function bars(symbology: string, data: Uint8Array, length: number, state: PrinterState): Step {
  const { barcodeHeight: height, barcodeModule: moduleWidth, barcodeCaption: caption } = state;
  const text = symbology === 'code128' ? code128Text(data) : latin1(data);
  return step(length, {
    kind: 'barcode',
    symbology,
    data: text,
    height,
    moduleWidth,
    caption,
    align: state.style.align,
  });
}

/** `{A`, `{B`, `{C` select a code set, `{{` is a brace; in set C a byte stands for two digits. */
function code128Text(data: Uint8Array): string {
  let set = 'B';
  let text = '';
  for (let at = 0; at < data.length; at += 1) {
    const byte = data[at] ?? 0;
    if (byte !== 0x7b) {
      text += set === 'C' ? String(byte).padStart(2, '0') : String.fromCodePoint(byte);
      continue;
    }
    at += 1;
    const selector = String.fromCodePoint(data[at] ?? 0);
    if (selector === '{') text += '{';
    else if ('ABC'.includes(selector)) set = selector;
  }
  return text;
}

/** `GS ( x pL pH …`: always says its length, so that even what is unknown can be stepped over. */
function extended(bytes: Uint8Array, offset: number, state: PrinterState): Step {
  const [, , family, low, high] = bytes.subarray(offset, offset + 5);
  if (family === undefined || low === undefined || high === undefined) return INCOMPLETE;
  const length = 5 + low + high * 256;
  if (bytes.length < offset + length) return INCOMPLETE;
  const parameters = bytes.subarray(offset + 5, offset + length);
  if (family !== 0x6b || parameters[0] !== 0x31) return unknown(bytes, offset, length);
  return qr(bytes, offset, parameters, state);
}

/** `GS ( k … 49 fn`: model, module size, error correction, store, print. */
function qr(bytes: Uint8Array, offset: number, parameters: Uint8Array, state: PrinterState): Step {
  const length = 5 + parameters.length;
  const value = parameters[2] ?? 0;
  switch (parameters[1]) {
    case 0x41:
      return setting(length, 'qr model', value);
    case 0x43:
      state.qrModule = value;
      return setting(length, 'qr module', value);
    case 0x45:
      return setting(length, 'qr correction', value);
    case 0x50:
      state.qrData = UTF_8.decode(parameters.subarray(3));
      return setting(length, 'qr data', parameters.length - 3);
    case 0x51:
      return step(length, {
        kind: 'qr',
        data: state.qrData,
        moduleWidth: state.qrModule,
        align: state.style.align,
      });
    default:
      return unknown(bytes, offset, length);
  }
}

/** Without `fatal`: a byte that is no UTF-8 becomes a replacement character. */
const UTF_8 = new TextDecoder('utf-8');

/** `GS v 0 m xL xH yL yH d…` */
function raster(bytes: Uint8Array, offset: number, state: PrinterState): Step {
  const [, , zero, m, xLow, xHigh, yLow, yHigh] = bytes.subarray(offset, offset + 8);
  if (zero !== undefined && zero !== 0x30) return unknown(bytes, offset, 3);
  if (m === undefined || xLow === undefined || xHigh === undefined) return INCOMPLETE;
  if (yLow === undefined || yHigh === undefined) return INCOMPLETE;
  const stride = xLow + xHigh * 256;
  const height = yLow + yHigh * 256;
  const length = 8 + stride * height;
  if (bytes.length < offset + length) return INCOMPLETE;
  const bits = bytes.slice(offset + 8, offset + length);
  return step(length, { kind: 'raster', width: stride * 8, height, bits, align: state.style.align });
}
