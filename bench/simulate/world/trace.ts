/**
 * What happened, line by line, and one number over all of it: two runs of a seed are the same run when that number is the same.
 * Names of events (UUIDs) and their hashes stay out of it; the till draws them from the operating system.
 */
import type { VirtualTime } from './virtual-time.ts';

export interface Trace {
  note(who: string, what: string): void;
  /** Of all lines so far. */
  fingerprint(): string;
  /** The last ones, or all when they were asked for. */
  readonly lines: readonly string[];
}

const KEPT = 60;

export function traceOf(time: VirtualTime, keepAll: boolean): Trace {
  const lines: string[] = [];
  let high = 0x811c9dc5;
  let low = 0x01000193;
  return {
    lines,
    note(who, what) {
      const line = `${String(time.now()).padStart(8)} ${who.padEnd(8)} ${what}`;
      for (let place = 0; place < line.length; place += 1) {
        const code = line.charCodeAt(place);
        high = Math.imul(high ^ code, 0x01000193);
        low = Math.imul(low + code, 0x85ebca6b) ^ (low >>> 13);
      }
      lines.push(line);
      if (!keepAll && lines.length > 2 * KEPT) lines.splice(0, KEPT);
    },
    fingerprint: () =>
      `${(high >>> 0).toString(16).padStart(8, '0')}${(low >>> 0).toString(16).padStart(8, '0')}`,
  };
}
