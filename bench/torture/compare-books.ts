/** Three books against each other: the driver's, the till's, the server's. */
import type { Ledger } from './ledger.ts';
import type { OrderEvents } from './order-events.ts';
import type { ServerBooks } from './server-books.ts';
import type { TillBooks } from './till-books.ts';

export interface Comparison {
  readonly lost: number;
  readonly duplicated: number;
  readonly chain_breaks: number;
  readonly stock_errors: number;
  readonly flaws: readonly string[];
}

export function compareBooks(ledger: Ledger, till: TillBooks, server: ServerBooks): Comparison {
  const tillOrders = new Map(till.orders.map((order) => [order.orderId, order.total]));
  const serverOrders = server.orders.totals();
  const tillLog = till.events.judge();
  const serverLog = server.orders.judge();
  const lostSales = [...ledger.acknowledged.values()].filter(
    ({ orderId, total }) => tillOrders.get(orderId) !== total || serverOrders.get(orderId) !== total,
  );
  const skus = new Set([...till.stock.keys(), ...server.stock.keys()]);
  const stockErrors = [...skus].filter((sku) => (till.stock.get(sku) ?? 0) !== (server.stock.get(sku) ?? 0));
  return {
    lost: lostSales.length + ledger.forgottenEvents + tillLog.missing + serverLog.missing,
    duplicated: till.orders.length - tillOrders.size + tillLog.doubled + serverLog.doubled,
    chain_breaks: (till.chainWhole ? 0 : 1) + (server.chainWhole ? 0 : 1),
    stock_errors: stockErrors.length,
    flaws: [
      ...till.flaws,
      ...tillLog.flaws,
      ...serverLog.flaws,
      ...strangers(ledger, tillOrders),
      ...differences(till, server, tillOrders, serverOrders),
    ],
  };
}

function strangers({ acknowledged, unanswered }: Ledger, tillOrders: ReadonlyMap<string, number>): string[] {
  return [...tillOrders.keys()].flatMap((orderId) => {
    if (acknowledged.has(orderId)) return [];
    // It was asked about again after the last kill, so the till should have answered with it.
    if (unanswered.has(orderId)) return [`${orderId} is paid, but its repeated tender did not say so`];
    return [`${orderId} was never tendered`];
  });
}

function differences(
  till: TillBooks,
  server: ServerBooks,
  tillOrders: ReadonlyMap<string, number>,
  serverOrders: ReturnType<OrderEvents['totals']>,
): string[] {
  const found: string[] = [];
  if (tillOrders.size !== serverOrders.size)
    found.push(`till has ${tillOrders.size} orders, server ${serverOrders.size}`);
  if (till.lastSeq !== server.lastSeq)
    found.push(`till wrote ${till.lastSeq} events, server has ${server.lastSeq}`);
  if (till.waiting !== 0) found.push(`${till.waiting} events still wait`);
  return found;
}
