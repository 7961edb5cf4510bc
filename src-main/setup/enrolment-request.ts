/**
 * The id under which a code is traded in, kept on the disk before the server is asked: when the answer is lost, or the power
 * fails before the till is made, the same request is answered again. A second id would find the code used up.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../store/durable-file.ts';

const requestSchema = z.object({ requestId: z.uuid(), serverUrl: z.string(), code: z.string() });

/** @returns the id of this very request, an earlier one where there was one */
export function keepRequest(folder: string, serverUrl: string, code: string): string {
  const kept = readRequest(folder);
  if (kept?.serverUrl === serverUrl && kept.code === code) return kept.requestId;
  const requestId = randomUUID();
  mkdirSync(path.dirname(path.resolve(folder)), { recursive: true });
  // Whoever has code and id can take the till's place.
  writeDurably(requestFile(folder), JSON.stringify({ requestId, serverUrl, code }), 0o600);
  return requestId;
}

export function forgetRequest(folder: string): void {
  rmSync(requestFile(folder), { force: true });
}

/** Beside the folder: the till in it is not there yet. */
function requestFile(folder: string): string {
  return `${path.resolve(folder)}.enrolment.json`;
}

/** undefined when there is none, or half of one: the server was not asked then. */
function readRequest(folder: string): z.output<typeof requestSchema> | undefined {
  try {
    return requestSchema.parse(JSON.parse(readFileSync(requestFile(folder), 'utf8')));
  } catch {
    return undefined;
  }
}
