import { characterAt } from './character-tables.ts';
import { INCOMPLETE, setting, step, type Step, unknown } from './command-step.ts';
import { escCommand } from './esc-commands.ts';
import type { Operation } from './escpos-operation.ts';
import { gsCommand } from './gs-commands.ts';
import { powerOnState, type PrinterState } from './printer-state.ts';

const LF = 0x0a;
const DLE = 0x10;
const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;

/** A command that claims to be longer is taken for rubbish. The largest raster of 80 mm × 5 m needs 2.9 MB. */
const LONGEST_COMMAND = 4 * 1024 * 1024;

/**
 * Reads ESC/POS as a printer does, from Epson's command reference, and shares no code with the encoder: where
 * the two agree, the bytes mean what we think they mean. It takes the stream in pieces of any size and never
 * throws; what it does not know becomes an `unknown` operation.
 */
export class EscPosDecoder {
  #rest: Uint8Array = new Uint8Array();
  readonly #state: PrinterState = powerOnState();

  /** The operations that are complete with these bytes. */
  push(bytes: Uint8Array): Operation[] {
    const stream = concatenate(this.#rest, bytes);
    const operations: Operation[] = [];
    let offset = 0;
    while (offset < stream.length) {
      let next = this.#next(stream, offset);
      if ('incomplete' in next) {
        if (stream.length - offset <= LONGEST_COMMAND) break;
        next = unknown(stream, offset, stream.length - offset);
      }
      operations.push(...next.operations);
      offset += next.length;
    }
    this.#rest = stream.slice(offset);
    return operations;
  }

  /** The stream is over: a command without its end is reported as unknown bytes. */
  finish(): Operation[] {
    if (this.#rest.length === 0) return [];
    const bytes = this.#rest;
    this.#rest = new Uint8Array();
    return [{ kind: 'unknown', bytes }];
  }

  #next(stream: Uint8Array, offset: number): Step {
    const byte = stream[offset] ?? 0;
    if (byte === ESC) return escCommand(stream, offset, this.#state);
    if (byte === GS) return gsCommand(stream, offset, this.#state);
    if (byte === DLE) return realTimeCommand(stream, offset);
    if (byte === FS) return kanjiCommand(stream, offset);
    if (byte === LF) return step(1, { kind: 'feed_rows', rows: 1 });
    if (byte < 0x20 || byte === 0x7f) return controlByte(stream, offset, byte);
    return this.#text(stream, offset);
  }

  #text(stream: Uint8Array, offset: number): Step {
    let end = offset;
    let text = '';
    for (let byte = stream[end]; byte !== undefined && isText(byte); byte = stream[end]) {
      text += characterAt(byte, this.#state.codePage);
      end += 1;
    }
    return step(end - offset, { kind: 'text', text, style: this.#state.style });
  }
}

/** A whole job at once. */
export function decodeEscPos(bytes: Uint8Array): Operation[] {
  const decoder = new EscPosDecoder();
  return [...decoder.push(bytes), ...decoder.finish()];
}

function isText(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f;
}

/** HT and CR are harmless, the others have no meaning in standard mode. */
function controlByte(stream: Uint8Array, offset: number, byte: number): Step {
  if (byte === 0x09) return setting(1, 'tab', 0);
  if (byte === 0x0d) return setting(1, 'carriage return', 0);
  return unknown(stream, offset, 1);
}

/** `DLE EOT n` and `DLE DC4 1 m t`. */
function realTimeCommand(stream: Uint8Array, offset: number): Step {
  const [, command, n, m, t] = stream.subarray(offset, offset + 5);
  if (command === undefined) return INCOMPLETE;
  if (command === 0x04) {
    if (n === undefined) return INCOMPLETE;
    return step(3, { kind: 'status_request', command: 'DLE EOT', n });
  }
  if (command !== 0x14) return unknown(stream, offset, 1);
  if (n === undefined) return INCOMPLETE;
  if (n !== 1) return unknown(stream, offset, 3);
  if (m === undefined || t === undefined) return INCOMPLETE;
  return step(5, {
    kind: 'drawer_pulse',
    pin: m === 1 ? 5 : 2,
    onMilliseconds: t * 100,
    offMilliseconds: t * 100,
    realTime: true,
  });
}

/** `FS &` and `FS .` turn double-byte text on and off. */
function kanjiCommand(stream: Uint8Array, offset: number): Step {
  const command = stream[offset + 1];
  if (command === undefined) return INCOMPLETE;
  if (command === 0x26 || command === 0x2e) return setting(2, 'kanji mode', command === 0x26 ? 1 : 0);
  return unknown(stream, offset, 2);
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
