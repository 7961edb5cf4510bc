/** All comparisons, after everything has come to rest. */
import { z } from 'zod';
import { read, staleRecords } from '../heal.ts';
import type { Ledger } from '../ledger.ts';
import type { Staff } from '../staff.ts';
import type { Stores } from '../stores.ts';
import { type Verdict, newVerdict } from '../verdict.ts';
import { compareAlerts } from './compare-alerts.ts';
import { compareChains } from './compare-chains.ts';
import { compareLog } from './compare-log.ts';
import { compareMoney } from './compare-money.ts';
import { compareOrderBook } from './compare-order-book.ts';
import { compareStock } from './compare-stock.ts';
import { auditLog } from './read-log.ts';
import { readOrderBook } from './read-order-book.ts';

export interface Comparison {
  readonly verdict: Verdict;
  /** In all chains. */
  readonly events: number;
}

const waitingSchema = z.object({
  subscribers: z.array(z.object({ subscriber: z.string(), waiting: z.int() })).min(1),
});
const lettersSchema = z.object({
  dead_letters: z.array(z.object({ subscriber: z.string(), reason: z.string() })),
});

export async function compareBooks(stores: Stores, staff: Staff, ledger: Ledger): Promise<Comparison> {
  const verdict = newVerdict();
  const events = await compareChains(stores, staff, ledger, verdict);
  const log = await auditLog(stores.postgres.url);
  const booked = await readOrderBook(stores);
  compareLog(ledger, log, booked, verdict);
  compareOrderBook(ledger, booked, verdict);
  await compareStock(stores, ledger.stock, log, verdict);
  compareAlerts(ledger, log, verdict);
  compareMoney(ledger, stores.stripe, verdict);
  for (const listener of staff.listeners)
    if (!listener.isConnected()) verdict.flaw(`${listener.name} does not listen`);
  for (const stale of await staleRecords(stores, staff)) verdict.add('live_errors', stale);
  for (const server of stores.urls.keys()) {
    const { subscribers } = waitingSchema.parse(await read(stores, server, '/api/subscribers'));
    for (const { subscriber, waiting } of subscribers)
      if (waiting > 0) verdict.flaw(`${subscriber} has ${waiting} events before it`);
  }
  const { dead_letters: letters } = lettersSchema.parse(await read(stores, 0, '/api/dead-letters'));
  for (const letter of letters) verdict.flaw(`a dead letter of ${letter.subscriber}: ${letter.reason}`);
  return { verdict, events };
}
