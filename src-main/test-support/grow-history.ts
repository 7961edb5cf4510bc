/** Makes a till's log long without selling: pairs of a stock movement and the completion of its order. */
import { eventLogOf } from '../store/event-log.ts';
import type { Store } from '../store/open-store.ts';

/** @param events an even number @param at UTC instant of all of them */
export function growHistory(store: Pick<Store, 'writer'>, events: number, at: string): void {
  const log = eventLogOf(store.writer);
  const { seq } = log.head();
  store.writer.transaction(() => {
    for (let pair = 0; pair < events / 2; pair += 1) {
      const orderId = `ORD-${seq}-${pair}`;
      log.append(
        [
          {
            type: 'inventory.updated',
            sku: 'WATER-STILL-001',
            oldQuantity: 50,
            newQuantity: 49,
            change: -1,
            reason: 'sale',
            referenceId: orderId,
          },
          { type: 'order.completed', orderId, paymentStatus: 'captured', fulfillmentStatus: 'completed' },
        ],
        { terminalId: 'T1', locationId: 'STORE-001', timestamp: at, metadata: { user_id: 'maya.torres' } },
      );
    }
  });
}
