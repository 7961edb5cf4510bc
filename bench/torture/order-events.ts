/** One log, till's or server's, order by order: each sale's events must be there once, and agree with each other. */
import { decodeEvent } from '#domain/events/event-wire.ts';
import type { SeedEvent } from '#domain/events/seed-events.ts';

type Of<Type extends SeedEvent['type']> = Extract<SeedEvent, { type: Type }>;

interface EventsOfOrder {
  readonly created: Of<'order.created'>[];
  readonly authorized: Of<'payment.authorized'>[];
  readonly captured: Of<'payment.captured'>[];
  readonly completed: Of<'order.completed'>[];
  /** SKU → sum of the changes that name this order */
  readonly moved: Map<string, number>;
}

export interface OrderJudgement {
  /** Events that an order must have and has not. */
  readonly missing: number;
  /** Events that an order has more than once. */
  readonly doubled: number;
  readonly flaws: readonly string[];
}

export class OrderEvents {
  private readonly orders = new Map<string, EventsOfOrder>();
  private readonly flaws: string[] = [];
  private readonly log: string;

  /** @param log whose it is, for the flaws */
  constructor(log: string) {
    this.log = log;
  }

  /** @param envelope in the seed's outer form */
  add(envelope: unknown): void {
    let event: SeedEvent;
    try {
      ({ event } = decodeEvent(envelope));
    } catch (error) {
      this.flaws.push(`${this.log} has an unreadable event: ${String(error)}`);
      return;
    }
    switch (event.type) {
      case 'order.created':
        this.of(event.orderId).created.push(event);
        return;
      case 'payment.authorized':
        this.of(event.orderId).authorized.push(event);
        return;
      case 'payment.captured':
        this.of(event.orderId).captured.push(event);
        return;
      case 'order.completed':
        this.of(event.orderId).completed.push(event);
        return;
      case 'inventory.updated':
        // The opening stock is an adjustment and belongs to no order.
        if (event.reason === 'sale') addTo(this.of(event.referenceId).moved, event.sku, event.change);
        return;
      case 'inventory.low_stock':
        return;
      case 'order.refunded':
        this.flaws.push(`${this.log} has a refund of ${event.orderId}, which nobody asked for`);
    }
  }

  /** order id → total in cents, as `order.created` has it */
  totals(): ReadonlyMap<string, number> {
    return new Map(
      [...this.orders].flatMap(([orderId, { created }]) => created.map(({ total }) => [orderId, total])),
    );
  }

  judge(): OrderJudgement {
    let missing = 0;
    let doubled = 0;
    const flaws = [...this.flaws];
    for (const [orderId, events] of this.orders) {
      for (const { length } of [events.created, events.authorized, events.captured, events.completed]) {
        missing += length === 0 ? 1 : 0;
        doubled += Math.max(0, length - 1);
      }
      flaws.push(...contradictions(events).map((what) => `${this.log}: ${orderId} ${what}`));
    }
    return { missing, doubled, flaws };
  }

  private of(orderId: string): EventsOfOrder {
    const known = this.orders.get(orderId);
    if (known) return known;
    const fresh = { created: [], authorized: [], captured: [], completed: [], moved: new Map() };
    this.orders.set(orderId, fresh);
    return fresh;
  }
}

function contradictions({ created: [order], authorized, captured, moved }: EventsOfOrder): string[] {
  if (!order) return [];
  const found: string[] = [];
  if (authorized.some(({ amount }) => amount !== order.total)) found.push('authorized another amount');
  if (captured.some(({ amount }) => amount !== order.total)) found.push('captured another amount');
  if (authorized.some(({ paymentMethod }) => paymentMethod !== order.paymentMethod))
    found.push('authorized another payment method');
  if (new Set([...authorized, ...captured].map(({ paymentIntentId }) => paymentIntentId)).size > 1)
    found.push('captured another payment than was authorized');
  const left = new Map(moved);
  for (const { sku, quantity } of order.items) addTo(left, sku, quantity);
  if ([...left.values()].some((difference) => difference !== 0)) found.push('moved other stock than it sold');
  return found;
}

function addTo(sums: Map<string, number>, sku: string, change: number): void {
  sums.set(sku, (sums.get(sku) ?? 0) + change);
}
