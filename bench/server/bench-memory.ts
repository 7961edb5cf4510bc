/** What a server process holds after ten thousand events, and after a million: it must be the same. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventRecord } from '#domain/events/event-record.ts';
import { enrolTerminal, readAdminKey } from '#box/enrol.ts';
import { type ServerProcess, startServerProcess } from '#box/services.ts';
import { eventSource, pushOf } from '#server/test-support/sale-events.ts';
import { connectTerminal, handshake } from '#server/test-support/terminal-client.ts';
import { MAX_BATCH_EVENTS } from '#sync/protocol/messages.ts';
import { rounded } from '../statistics.ts';

const FIRST_LOOK = 10_000;
const IN_FLIGHT = 3;
const TERMINAL = { terminalId: 'T1', locationId: 'STORE-001' } as const;
const SETTLE_MS = 2_000;

export interface MemoryFigures {
  readonly memory_events: number;
  readonly memory_after_10k_mb: number;
  readonly memory_after_all_mb: number;
  /** The most it ever held: the kernel's VmHWM. */
  readonly memory_peak_mb: number;
}

export async function benchMemory(count: number, databaseUrl: string): Promise<MemoryFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-memory-'));
  const server = await startServerProcess({ data: folder, port: 0, databaseUrl, logLevel: 'warn' });
  try {
    const token = await enrolTerminal(server.url, readAdminKey(folder), TERMINAL);
    const terminal = await connectTerminal(server.url, handshake(TERMINAL.terminalId, token));
    await terminal.hello();
    const source = eventSource(TERMINAL.terminalId, TERMINAL.locationId);
    let waiting: EventRecord[] = [];
    let sent = 0;
    const pushUpTo = async (goal: number) => {
      const pushOne = async () => {
        while (sent < goal) {
          while (waiting.length < MAX_BATCH_EVENTS) waiting.push(...source.sale(5));
          const batch = waiting.slice(0, MAX_BATCH_EVENTS);
          waiting = waiting.slice(MAX_BATCH_EVENTS);
          sent += batch.length;
          const reply = await terminal.push(pushOf(batch));
          if (!reply.ok) throw new Error(`The server refused a batch: ${reply.code} ${reply.message}`);
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, pushOne));
      await sleep(SETTLE_MS);
    };
    await pushUpTo(Math.min(FIRST_LOOK, count));
    const early = memoryOf(server, 'VmRSS');
    await pushUpTo(count);
    const late = memoryOf(server, 'VmRSS');
    terminal.close();
    return {
      memory_events: sent,
      memory_after_10k_mb: rounded(early),
      memory_after_all_mb: rounded(late),
      memory_peak_mb: rounded(memoryOf(server, 'VmHWM')),
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** MB, as the kernel counts it; only Linux says so. */
function memoryOf(server: ServerProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
  return Number(kilobytes) / 1024;
}
