/** The server's real log, with its lines in memory. */
import { Writable } from 'node:stream';
import { z } from 'zod';
import { type Logger, serverLogger } from '../logger.ts';

export interface MemoryLog {
  readonly logger: Logger;
  /** as they would have been written */
  readonly lines: readonly string[];
  /** parsed; the last is the newest */
  entries(): readonly Readonly<Record<string, unknown>>[];
}

export function memoryLog(level = 'debug'): MemoryLog {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: unknown, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return {
    logger: serverLogger(level, stream),
    lines,
    entries: () => lines.map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line))),
  };
}
