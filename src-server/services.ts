/** What stands on the database and the bus: the log, who writes to it, who follows it, and the routes to all of them. */
import type { EventBus } from './bus/event-bus.ts';
import { readCatalogueFacts } from './catalogue/catalogue-facts.ts';
import { catalogueRoutes } from './catalogue/catalogue-routes.ts';
import type { Database } from './database/database.ts';
import { apiKeyRoutes } from './http/api-key-routes.ts';
import type { RouteModule } from './http/http-server.ts';
import { logRoutes } from './http/log-routes.ts';
import { STOCK_SUBSCRIBER, takeMovement } from './inventory/stock-words.ts';
import { stockRoutes } from './inventory/stock-routes.ts';
import { createStockService } from './inventory/stock-service.ts';
import { type EventLog, createEventLog } from './log/event-log.ts';
import { rangeOf } from './log/log-reader.ts';
import { createSettingsService } from './locations/settings-service.ts';
import { settingsRoutes } from './locations/settings-routes.ts';
import { createStaffService } from './locations/staff-service.ts';
import { staffRoutes } from './locations/staff-routes.ts';
import type { Logger } from './logger.ts';
import { orderBook } from './orders/order-book.ts';
import { orderRoutes } from './orders/order-routes.ts';
import { createOrderService } from './orders/order-service.ts';
import { createRefundService } from './orders/refund-service.ts';
import { type Resumer, keepResuming } from './orders/resume-orders.ts';
import type { ProviderOf } from './payments/payment-provider.ts';
import type { PaymentProviders } from './payments/providers.ts';
import { stripeWebhookRoutes } from './payments/webhook-routes.ts';
import { snapshotRoutes } from './snapshots/snapshot-routes.ts';
import type { TakeEvent } from './subscribers/dead-letters.ts';
import type { Subscriber } from './subscribers/subscriber.ts';

export interface ServicesContext {
  readonly database: Database;
  readonly bus: EventBus;
  readonly payments: PaymentProviders;
  readonly logger: Logger;
}

export interface Services {
  readonly log: EventLog;
  readonly modules: readonly RouteModule[];
  /** To be run by `runSubscriber`. */
  readonly subscribers: readonly Subscriber[];
  /** Begins to finish what an earlier process left half-way. */
  resume(): Resumer;
}

export function createServices({ database, bus, payments, logger }: ServicesContext): Services {
  const now = () => new Date();
  const log = createEventLog(database, bus, logger);
  const providerOf: ProviderOf = (name) => payments.find(name);
  const orders = createOrderService({ database, log, providerOf, readFacts: readCatalogueFacts, now });
  const refunds = createRefundService({ database, log, providerOf, now });
  const stock = createStockService(database, log, now);
  const subscribers = [orderBook];
  const { readStripeNotice } = payments;
  return {
    log,
    subscribers,
    modules: [
      apiKeyRoutes({ database }),
      catalogueRoutes({ database, log }),
      logRoutes({ database, log, takers: takersOf(subscribers) }),
      orderRoutes({ database, orders, refunds }),
      settingsRoutes(createSettingsService(database, log)),
      staffRoutes(createStaffService(database, log)),
      snapshotRoutes({ database }),
      stockRoutes({ database, stock }),
      ...(readStripeNotice === undefined
        ? []
        : [
            stripeWebhookRoutes({
              readNotice: readStripeNotice,
              driveOrder: (orderId) => orders.drive(orderId),
              logger,
            }),
          ]),
    ],
    resume: () => keepResuming({ database, orders, refunds, logger }),
  };
}

function takersOf(subscribers: readonly Subscriber[]): ReadonlyMap<string, TakeEvent> {
  return new Map<string, TakeEvent>([
    // The stock is no subscriber: it moves with the event itself. But what it cannot read is parked all the same.
    [STOCK_SUBSCRIBER, takeMovement],
    ...subscribers.map(
      (subscriber) =>
        [subscriber.name, (tx, event) => subscriber.handle(tx, rangeOf(event))] satisfies [string, TakeEvent],
    ),
  ]);
}
