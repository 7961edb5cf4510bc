/** One connection through the fault proxy: two lanes, each of which obeys the faults as they are at the moment. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type Random, between } from '../random.ts';

export type Direction = 'up' | 'down';

/** How the line is, until it is told otherwise. All of it holds for connections that stand and for those that come. */
export interface Weather {
  /** Nothing passes; nothing is lost. */
  readonly stalled: 'none' | Direction | 'both';
  /** Bytes are handed on in pieces of random sizes up to this one, each in a write of its own. */
  readonly largestPiece: number | null;
  readonly bytesPerSecond: number | null;
}

/** Waits for the answer to a request whose first line begins so, and then does this once. */
export interface Trap {
  readonly requestBegins: string;
  /** Bytes of the answer, its head included, that still pass. */
  readonly afterBytes: number;
  readonly act: 'reset' | 'flip a bit';
}

export interface LineRules {
  weather(): Weather;
  /** Resolves when the weather may have changed, or the signal ends the wait. */
  changed(signal: AbortSignal): Promise<void>;
  readonly random: Random;
  /** Takes the trap for the request that begins with these bytes, if one is set. */
  takeTrap(request: Buffer): Trap | undefined;
  onBytes(direction: Direction, count: number): void;
}

export interface FaultLine {
  /** The peers see a connection reset; what was under way is lost. */
  reset(): void;
  /** The peers see an orderly end in the middle of whatever they said. */
  hangUp(): void;
  /**
   * What the server says next does not arrive, and then the line is reset: the request was heard and served, and its answer
   * is lost. Resolves when that has happened; also when the line ends before.
   */
  loseNextAnswer(): Promise<void>;
}

export function faultLine(client: Socket, server: Socket, rules: LineRules): FaultLine {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  let trap: Trap | undefined;
  let passed = 0;
  let onLost: (() => void) | undefined;

  const reset = (): void => {
    end();
    client.resetAndDestroy();
    server.resetAndDestroy();
  };
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    // `close` follows, and ends the other side.
    socket.on('error', end);
    socket.on('close', () => {
      end();
      client.destroy();
      server.destroy();
      onLost?.();
    });
  }

  /** @returns what is to be handed on of it; null when the line is cut instead */
  const spoil = (piece: Buffer): Buffer | null => {
    if (onLost) {
      reset();
      return null;
    }
    if (trap === undefined) return piece;
    const at = trap.afterBytes - passed;
    passed += piece.length;
    if (at >= piece.length) return piece;
    const { act } = trap;
    trap = undefined;
    if (act === 'reset') {
      reset();
      return null;
    }
    const flipped = Buffer.from(piece);
    flipped[Math.max(at, 0)] = (flipped[Math.max(at, 0)] ?? 0) ^ 0x10;
    return flipped;
  };

  const due = { up: 0, down: 0 };
  /** By the clock, because a sleep is never shorter than a millisecond, and a piece may be three bytes. */
  const atItsTime = async (bytes: number, direction: Direction): Promise<void> => {
    const { bytesPerSecond } = rules.weather();
    if (bytesPerSecond === null) return;
    const now = performance.now();
    due[direction] = Math.max(now, due[direction]) + (bytes / bytesPerSecond) * 1_000;
    const wait = due[direction] - now;
    if (wait >= 1) await sleep(wait, undefined, { signal: ended.signal });
  };

  const handOn = async (piece: Buffer, target: Socket, direction: Direction): Promise<void> => {
    while (isStalled(rules.weather(), direction)) await rules.changed(ended.signal);
    await atItsTime(piece.length, direction);
    const spoilt = direction === 'down' ? spoil(piece) : piece;
    if (spoilt === null) return;
    rules.onBytes(direction, spoilt.length);
    if (!target.write(spoilt)) await once(target, 'drain', { signal: ended.signal });
  };

  const lane = async (source: Socket, target: Socket, direction: Direction): Promise<void> => {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (direction === 'up') {
        const set = rules.takeTrap(chunk);
        if (set) [trap, passed] = [set, 0];
      }
      for (let at = 0; at < chunk.length;) {
        const { largestPiece } = rules.weather();
        const size = largestPiece === null ? chunk.length : between(rules.random, 1, largestPiece);
        await handOn(chunk.subarray(at, at + size), target, direction);
        at += size;
        if (at < chunk.length) await setImmediate();
      }
    }
    target.end();
  };
  // A lane fails when its line ends under it, which is what it is for; both ends are closed by then.
  lane(client, server, 'up').catch(end);
  lane(server, client, 'down').catch(end);

  return {
    reset,
    hangUp() {
      end();
      client.end();
      server.end();
    },
    loseNextAnswer: () =>
      new Promise((resolve) => {
        if (ended.signal.aborted) resolve();
        else onLost = resolve;
      }),
  };
}

function isStalled({ stalled }: Weather, direction: Direction): boolean {
  return stalled === 'both' || stalled === direction;
}
