/** What must hold once everything works again and nobody has done anything for a while: both ends have the same books. */
import { wireMoneySchema } from '#domain/money/wire-decimal.ts';
import type { FramedEvent } from '#sync/protocol/messages.ts';
import { positionOf } from '../model/changes.ts';
import type { ModelTerminal } from '../model/state.ts';
import type { SimulatedTill } from '../till/till.ts';
import type { World } from '../world/world.ts';
import { wrongCatalogue } from './same-catalogue.ts';

/** True when nothing waits on either side: then, and not earlier, the books are compared. */
export function isQuiet(world: World): boolean {
  const newest = world.server.newest();
  return world.tills.every((till) => {
    const { up, down } = till.status ?? {};
    return (
      up?.state === 'live' &&
      down?.state === 'current' &&
      waiting(till) === 0 &&
      positionOfTill(till) >= newest
    );
  });
}

function waiting({ disk }: SimulatedTill): number {
  return (
    disk.look<{ readonly n: number }>('SELECT count(*) AS n FROM event_log WHERE processed = 0')[0]?.n ?? 0
  );
}

/** How far it has what the server tells. */
function positionOfTill({ disk }: SimulatedTill): number {
  const [row] = disk.look<{ readonly cursor: string | null }>('SELECT cursor FROM down_cursor');
  return positionOf(row?.cursor ?? '') ?? 0;
}

export function whoIsNotQuiet(world: World): string {
  return world.tills
    .map((till) => {
      const { up, down } = till.status ?? {};
      const at = `at ${positionOfTill(till)} of ${world.server.newest()}`;
      const problem = up?.problem ?? down?.problem ?? 'no problem told';
      return `${till.name} ${up?.state ?? 'off'}/${down?.state ?? 'off'}, ${waiting(till)} events wait, ${at} (${problem})`;
    })
    .join('; ');
}

export function checkBooks(world: World): void {
  for (const till of world.tills) {
    const terminal = world.server.state.terminals.get(till.terminalId);
    if (!terminal) continue;
    for (const wrong of wrongHistory(till, terminal)) world.complain(`${till.name}: ${wrong}`);
    for (const wrong of wrongMoney(till, terminal)) world.complain(`${till.name}: ${wrong}`);
    for (const wrong of till.ledger.wrongStock(till.disk)) world.complain(`${till.name}: ${wrong}`);
    for (const wrong of wrongCatalogue(till.disk, world.server.state))
      world.complain(`${till.name}: ${wrong}`);
  }
}

/** Milliseconds of one step of a request, until which hello is answered before another till can take the line. */
const PATIENCE = 100;

/** After a time in which each copy has asked the server again. */
export function checkCopies(world: World): void {
  // Original and copy take the line from each other: a slow server comes to answer neither of them.
  if (world.plan.slowness > PATIENCE) return;
  for (const [copy, original] of world.copies) {
    if (!copy.wasRefused) world.complain(`${copy.name}: a copied data folder was never refused`);
    if (world.server.state.terminals.get(original.terminalId)?.forks.length === 0)
      world.complain(`${copy.name}: the server has no record of the copied data folder`);
  }
}

interface LoggedEvent {
  readonly seq: number;
  readonly event_id: string;
  readonly hash: string;
  readonly processed: number;
}

/** Each event once, in one chain, nothing besides. */
function wrongHistory(till: SimulatedTill, { events }: ModelTerminal): readonly string[] {
  const log = till.disk.look<LoggedEvent>(
    'SELECT seq, event_id, hash, processed FROM event_log ORDER BY seq',
  );
  const wrong: string[] = [];
  if (log.length !== events.length) wrong.push(`has ${log.length} events, the server ${events.length}`);
  const different = events.find((event, index) => event.hash !== log[index]?.hash);
  if (different) wrong.push(`event ${different.seq} of the server is not its own`);
  const unprocessed = log.filter(({ processed }) => processed === 0).length;
  if (unprocessed > 0) wrong.push(`${unprocessed} events are not marked as sent`);
  const [{ acked } = { acked: 0 }] = till.disk.look<{ readonly acked: number }>(
    'SELECT acked_through AS acked FROM sync_cursor',
  );
  if (acked !== events.length) wrong.push(`its cursor says ${acked}, the server has ${events.length}`);
  const onServer = new Set(events.map(({ eventId }) => eventId));
  if (onServer.size !== events.length) wrong.push('an event is twice on the server');
  const lost = [...till.ledger.written].filter((id) => !onServer.has(id)).length;
  if (lost > 0) wrong.push(`${lost} events that it committed are nowhere`);
  return wrong;
}

/** Each order once, under a receipt number of its own, to the cent. */
function wrongMoney(till: SimulatedTill, { events }: ModelTerminal): readonly string[] {
  const created = events.filter(({ eventType }) => eventType === 'order.created');
  const onServer = new Map(created.map((event) => [event.aggregateId, totalOf(event)]));
  const receipts = new Set(created.map(receiptOf));
  const orders = till.disk.look<{ readonly order_id: string; readonly total: number }>(
    'SELECT order_id, total FROM orders',
  );
  const wrong: string[] = [];
  if (onServer.size !== created.length) wrong.push('an order is twice on the server');
  if (receipts.size !== created.length) wrong.push('two orders have one receipt number');
  if (orders.length !== onServer.size) wrong.push(`has ${orders.length} orders, the server ${onServer.size}`);
  const different = orders.find(({ order_id, total }) => onServer.get(order_id) !== total);
  if (different) wrong.push(`${different.order_id} has another total on the server`);
  return wrong;
}

function totalOf({ payload }: FramedEvent): number {
  const { total } = JSON.parse(payload) as { total: unknown };
  return wireMoneySchema.parse(total);
}

function receiptOf({ metadata }: FramedEvent): string {
  return (JSON.parse(metadata) as { receipt_number: string }).receipt_number;
}
