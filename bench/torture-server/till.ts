/** One simulated till: a real sync engine over real sockets, and a person who sells faster than any person. */
import { setTimeout as sleep } from 'node:timers/promises';
import { addCents } from '#domain/money/cents.ts';
import type { PricedLine } from '#domain/pricing/price.ts';
import { eventSource } from '#server/test-support/sale-events.ts';
import { SyncEngine } from '#sync/engine.ts';
import type { UpStatus } from '#sync/engine-status.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { realTimer } from '#sync/set-timer.ts';
import type { Random } from '../random.ts';
import type { Bell } from './bell.ts';
import type { Ledger, TillSale } from './ledger.ts';
import { ringDelivery, ringReturn, ringSale, worthOf } from './ring-sale.ts';
import { tillOutbox } from './till-outbox.ts';
import type { TillShelf } from './till-shelf.ts';
import { wanderingLine } from './wandering-line.ts';

export interface TillOptions {
  readonly terminalId: string;
  readonly locationId: string;
  readonly token: string;
  readonly urls: readonly string[];
  /** index of the server that it begins with */
  readonly server: number;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly shelf: TillShelf;
  readonly acknowledged: Bell;
}

export interface Till {
  readonly terminalId: string;
  readonly locationId: string;
  /** Rings so many sales, and now and then a return, evenly over this time. */
  ring(sales: number, overMs: number, signal: AbortSignal): Promise<void>;
  breakLine(): void;
  status(): UpStatus;
  /** Goods come in, and the till is told. */
  deliver(units: ReadonlyMap<string, number>): void;
  /** The last event that it wrote. */
  head(): { readonly seq: number; readonly hash: string };
  stop(): void;
}

const SHARE_OF_RETURNS = 0.1;
const UNITS_A_DELIVERY = 36;

export function openTill(options: TillOptions): Till {
  const { terminalId, locationId, token, urls, random, ledger, shelf, acknowledged } = options;
  const line = wanderingLine(urls, { protocol: PROTOCOL_VERSION, terminalId, token }, options.server);
  const outbox = tillOutbox(random, {
    onAcknowledged: () => acknowledged.ring(line.server()),
    onForgotten(promised, known) {
      ledger.forgottenEvents += promised - known;
      ledger.flaws.add(
        `a server acknowledged event ${promised} of ${terminalId}, and then knew only ${known}`,
      );
    },
  });
  const source = eventSource(terminalId, locationId);
  const mayComeBack: { readonly sale: TillSale; readonly line: PricedLine }[] = [];
  let sales = 0;
  const engine = new SyncEngine({
    terminalId,
    outbox,
    openLink: line.open,
    down: null,
    isRecovering: () => false,
    recovered: () => undefined,
    now: () => new Date(),
    random,
    setTimer: realTimer,
    onStatus: () => undefined,
  });
  engine.start();

  function sell(): void {
    sales += 1;
    const { sale, events, returnable } = ringSale(source, shelf, sales, random);
    outbox.write(events);
    ledger.sales.set(sale.orderId, sale);
    for (const [sku, units] of sale.units) ledger.stock.move(locationId, sku, -units);
    mayComeBack.push(...returnable.map((line) => ({ sale, line })));
  }

  function takeBack(): void {
    const back = mayComeBack.shift();
    if (back === undefined) return;
    const { sale, line } = back;
    outbox.write(ringReturn(source, shelf, sale, line));
    sale.refunded = addCents(sale.refunded, worthOf(line));
    sale.returned.set(line.sku, line.quantity);
    ledger.stock.move(locationId, line.sku, line.quantity);
  }

  function deliver(units: ReadonlyMap<string, number>): void {
    outbox.write(ringDelivery(source, shelf, units));
    for (const [sku, change] of units) ledger.stock.move(locationId, sku, change);
    engine.wake();
  }

  return {
    terminalId,
    locationId,
    async ring(count, overMs, signal) {
      const started = performance.now();
      for (let rung = 0; rung < count; rung += 1) {
        const due = started + (overMs * rung) / count;
        const wait = due - performance.now();
        // Several in one turn when this process is late: what is due is due.
        if (wait > 0) await sleep(wait, undefined, { signal });
        sell();
        if (random() < SHARE_OF_RETURNS) takeBack();
        const short = shelf.runningOut();
        if (short.length > 0) deliver(new Map(short.map((sku) => [sku, UNITS_A_DELIVERY])));
        engine.wake();
      }
    },
    deliver,
    breakLine: () => line.break(),
    status: () => engine.status().up,
    head: () => outbox.head(),
    stop: () => engine.stop(),
  };
}
