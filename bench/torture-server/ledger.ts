/** What the drivers know: what they did, and what the servers said to it. All other books are held against this one. */
import type { Cents } from '#domain/money/cents.ts';
import type { OrderChannel } from '#server/access/access.ts';
import type { FinalAnswer, KeyedRequest } from './ask-until-answered.ts';

/** A sale that a till has rung up: true from that moment on, whether a server knows it or not. */
export interface TillSale {
  readonly orderId: string;
  readonly terminalId: string;
  readonly locationId: string;
  readonly total: Cents;
  /** SKU → units that the customer has taken */
  readonly units: ReadonlyMap<string, number>;
  /** What the till has given back since. */
  refunded: Cents;
  /** SKU → units that came back */
  readonly returned: Map<string, number>;
}

export interface ChannelRefund {
  readonly refundId: string;
  readonly amount: Cents;
}

/** What became of one key of `POST /api/orders`. */
export interface ChannelOrder {
  readonly key: string;
  readonly channel: OrderChannel;
  readonly locationId: string;
  readonly provider: string;
  /** What the customer was told. */
  readonly total: Cents;
  readonly units: ReadonlyMap<string, number>;
  /** Undefined: no server has answered yet. */
  outcome?:
    | { readonly kind: 'completed'; readonly orderId: string }
    | { readonly kind: 'refused'; readonly code: string };
  readonly refunds: ChannelRefund[];
}

/** A refusal that has to be asked about again when all is quiet. */
export interface OpenQuestion {
  readonly request: KeyedRequest;
  readonly settle: (answer: FinalAnswer) => void;
}

export interface Ledger {
  readonly sales: Map<string, TillSale>;
  readonly orders: Map<string, ChannelOrder>;
  readonly stock: StockLedger;
  /** SKU → how often it ran low in the shop of one till, as that till saw it. */
  readonly soloLow: Map<string, number>;
  readonly openQuestions: OpenQuestion[];
  /** Events that a server had acknowledged and that were not there when the terminal asked again. */
  forgottenEvents: number;
  /** A set: what is wrong once is often wrong again. */
  readonly flaws: Set<string>;
}

/** Location and SKU → units, as the sum of everything that is known to have moved. */
export class StockLedger {
  readonly #units = new Map<string, Map<string, number>>();

  move(locationId: string, sku: string, change: number): void {
    const units = this.#units.get(locationId) ?? new Map<string, number>();
    this.#units.set(locationId, units);
    units.set(sku, (units.get(sku) ?? 0) + change);
  }

  of(locationId: string): ReadonlyMap<string, number> {
    return this.#units.get(locationId) ?? new Map();
  }
}

export function newLedger(): Ledger {
  return {
    sales: new Map(),
    orders: new Map(),
    stock: new StockLedger(),
    soloLow: new Map(),
    openQuestions: [],
    forgottenEvents: 0,
    flaws: new Set(),
  };
}
