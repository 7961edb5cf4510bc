/** What the driver knows: what it sent, and what the till answered. The books are held against it. */
import type { SaleView } from '#main/api/views.ts';

/** What the till said is paid. Everything in here must be on the server, exactly once, to the cent. */
export interface AcknowledgedSale {
  readonly orderId: string;
  readonly receiptNumber: string;
  readonly total: number;
}

/** A tender exactly as it was sent: only the very same one may be repeated after a lost answer. */
export type SentTender =
  | { readonly method: 'cash'; readonly orderId: string; readonly total: number; readonly tendered: number }
  | {
      readonly method: 'card';
      readonly orderId: string;
      readonly total: number;
      readonly approvalCode: string;
    };

/** SKU → quantity of an open sale that the till has shown. */
export interface ShownCart {
  readonly orderId: string;
  readonly quantities: ReadonlyMap<string, number>;
}

export interface Ledger {
  readonly acknowledged: Map<string, AcknowledgedSale>;
  /** Tenders whose answer never came: committed or not, but not twice and not half. */
  readonly unanswered: Map<string, SentTender>;
  lastPaid: SentTender | null;
  /** The last open sale that the till answered; null when nothing was added since the last payment. */
  lastCart: ShownCart | null;
  /** Events that the server had acknowledged and did not have when it came back from its kill. */
  forgottenEvents: number;
  /** A set: what is wrong once is often wrong again in the next round. */
  readonly flaws: Set<string>;
}

export function newLedger(): Ledger {
  return {
    acknowledged: new Map(),
    unanswered: new Map(),
    lastPaid: null,
    lastCart: null,
    forgottenEvents: 0,
    flaws: new Set(),
  };
}

export function shownCart({ orderId, lines }: SaleView): ShownCart | null {
  if (lines.length === 0) return null;
  return { orderId, quantities: new Map(lines.map(({ sku, quantity }) => [sku, quantity])) };
}
