/** What happens at the counter of a till: sales and counts through the real writers, and now and then an event that no server can keep. */
import { addToCart, emptyCart } from '#domain/pricing/cart.ts';
import { price } from '#domain/pricing/price.ts';
import { ZERO } from '#domain/money/cents.ts';
import { chainEvent } from '#sync/protocol/hash-chain.ts';
import { catalogueReader } from '#main/store/catalogue-reader.ts';
import { eventLogOf } from '#main/store/event-log.ts';
import { newEventId } from '#main/store/event-id.ts';
import type { WriteHandle } from '#main/store/handles.ts';
import { saleCommitter } from '#main/store/sale-committer.ts';
import { stockWriter } from '#main/store/stock-writer.ts';
import { type Random, between, pick } from '../../random.ts';
import { LOCATION } from '../model/state.ts';

export interface Counter {
  /** False when there is nothing to sell. */
  sell(random: Random, number: number, at: string): boolean;
  /** Somebody counts the shelf. */
  count(random: Random, number: number, at: string): boolean;
  /** Its payload holds what PostgreSQL's JSONB cannot. */
  writeUnstorable(number: number, at: string): void;
}

/** Numbers of orders and counts are the caller's: they stay unique also where the disk was put back, and `name` where it was copied. */
export function counterOf(
  store: WriteHandle,
  { name, terminalId }: { readonly name: string; readonly terminalId: string },
): Counter {
  const catalogue = catalogueReader(store);
  const commitSale = saleCommitter(store);
  const log = eventLogOf(store);
  const stock = stockWriter(store);
  const sellable = store.prepareRead<[], { readonly sku: string }>(
    'SELECT sku FROM items WHERE active = 1 AND merchandise_code IN (SELECT code FROM merchandise_codes) ORDER BY sku',
  );
  const insert = store.connection.prepare(`
    INSERT INTO event_log (event_type, aggregate_id, timestamp, location_id, payload, metadata,
                           event_id, terminal_id, seq, prev_hash, hash)
    VALUES (@eventType, @aggregateId, @timestamp, @locationId, @payload, @metadata, @eventId, @terminalId, @seq, @prevHash, @hash)`);
  const people = store.prepareRead<[], { readonly userId: string }>(
    'SELECT user_id AS userId FROM staff WHERE active = 1 ORDER BY user_id',
  );
  const nameOf = (number: number): string => `${name}-${String(number).padStart(5, '0')}`;

  return {
    sell(random, number, at) {
      const skus = sellable.all().map(({ sku }) => sku);
      const staff = people.all().map(({ userId }) => userId);
      if (skus.length === 0 || staff.length === 0) return false;
      const orderId = `ORD-${nameOf(number)}`;
      let cart = emptyCart(orderId);
      for (let line = between(random, 1, 3); line > 0; line -= 1)
        cart = addToCart(cart, pick(random, skus), between(random, 1, 3), `L${line}`) ?? cart;
      const facts = catalogue.factsFor(skus);
      const priced = price(cart, facts);
      if (!priced.ok) throw new Error(`${orderId} has no price: ${priced.refusal.code}`);
      commitSale({
        orderId,
        priced: priced.cart,
        ageVerified: true,
        payment: {
          paymentId: `PAY-${nameOf(number)}`,
          method: 'cash',
          tendered: priced.cart.total,
          change: ZERO,
          approvalCode: null,
        },
        userId: pick(random, staff),
        terminalId,
        locationId: LOCATION,
        completedAt: at,
        utcOffsetMinutes: 0,
        stockFacts: facts.items,
        receipt: (receiptNumber) => ({
          storeName: '',
          storeAddress: [],
          receiptNumber,
          orderId,
          printedTime: '',
          cashier: '',
          terminalId,
          lines: [],
          subtotal: priced.cart.subtotal,
          deposit: priced.cart.deposit,
          taxes: [],
          total: priced.cart.total,
          tenders: [],
          change: ZERO,
          footer: [],
        }),
        printReceipt: false,
        nextCart: emptyCart(`ORD-${nameOf(number + 1)}`),
      });
      return true;
    },
    count(random, number, at) {
      const skus = sellable.all().map(({ sku }) => sku);
      if (skus.length === 0) return false;
      const sku = pick(random, skus);
      const facts = catalogue.findBySku(sku);
      if (!facts) throw new Error(`${sku} has vanished within a moment`);
      const { reorderPoint, caseSize } = facts;
      const change = between(random, 1, 5) * (random() < 0.5 ? 1 : -1);
      store.transaction(() => {
        log.append(
          stock.move({
            sku,
            change,
            reason: 'adjustment',
            referenceId: `COUNT-${nameOf(number)}`,
            reorderPoint,
            caseSize,
          }),
          { terminalId, locationId: LOCATION, timestamp: at, metadata: { user_id: 'sam.okafor' } },
        );
      });
      return true;
    },
    writeUnstorable(number, at) {
      store.transaction(() => {
        const { seq, hash } = log.head();
        insert.run(
          chainEvent(
            {
              eventId: newEventId(),
              terminalId,
              seq: seq + 1,
              eventType: 'order.completed',
              aggregateId: `ODD-${nameOf(number)}`,
              timestamp: at,
              locationId: LOCATION,
              payload: String.raw`{"note":"\u0000"}`,
              metadata: '{}',
            },
            hash,
          ),
        );
      });
    },
  };
}
