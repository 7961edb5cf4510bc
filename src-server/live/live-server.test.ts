import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import combo from '#domain/promotions/contracts/promotion-combo.json' with { type: 'json' };
import { promotionFromWire, wirePromotionBodySchema } from '#domain/promotions/promotion-wire.ts';
import { type CatalogueEvent, draftOfCatalogueEvent } from '#domain/events/catalogue-events.ts';
import { itemFromWire, newWireItemSchema } from '#domain/catalogue/item-wire.ts';
import { basisPoints } from '#domain/money/basis-points.ts';
import { LIVE_NAMESPACE } from '#sync/protocol/live-messages.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { inProcessBus } from '../bus/in-process-bus.ts';
import { readCatalogueFacts } from '../catalogue/catalogue-facts.ts';
import type { Database } from '../database/database.ts';
import { requestKeyOf } from '../http/idempotency.ts';
import { readStock } from '../inventory/read-stock.ts';
import { EVERYWHERE } from '../log/event-log.ts';
import { createOrderService } from '../orders/order-service.ts';
import { readDeadLetters } from '../subscribers/dead-letters.ts';
import { readStandings } from '../subscribers/position-store.ts';
import { enrolTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { flakyProvider } from '../test-support/flaky-provider.ts';
import { eventually } from '../test-support/eventually.ts';
import { type LiveClient, connectLive, viewOf } from '../test-support/live-client.ts';
import { type LiveProcess, startLiveProcess } from '../test-support/live-process.ts';
import { type RecordingLogger, recordingLogger } from '../test-support/recording-logger.ts';
import { type EventSource, eventSource, pushOf } from '../test-support/sale-events.ts';
import { WINE, countIn, fillCatalogue } from '../test-support/small-shop.ts';
import { connectTerminal, handshake, refusalOf } from '../test-support/terminal-client.ts';

interface Till {
  readonly events: EventSource;
  readonly auth: object;
}

interface Action {
  readonly till: number;
  readonly kind: 'move' | 'rubbish' | 'stranger' | 'forged' | 'catalogue';
  readonly number: number;
  readonly change: number;
}
const anyAction: fc.Arbitrary<Action> = fc.record({
  till: fc.nat({ max: 5 }),
  kind: fc.constantFrom('move', 'move', 'move', 'rubbish', 'stranger', 'forged', 'catalogue'),
  number: fc.nat({ max: 7 }),
  change: fc.integer({ min: -20, max: 20 }),
});

describe.each(TEST_DATABASES)('the live hub on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let server: LiveProcess;
  let logger: RecordingLogger;
  let numbers = 0;
  const clients: LiveClient[] = [];

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    await fillCatalogue(database);
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });
  beforeEach(async () => {
    logger = recordingLogger();
    server = await startLiveProcess({ database, bus: inProcessBus(), logger });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.close();
  });

  const newLocation = () => `SHOP-${(numbers += 1)}`;
  async function enrol(locationId: string): Promise<Till> {
    const terminalId = `T${(numbers += 1)}`;
    const enrolled = await enrolTerminal(database, terminalId, locationId, new Date());
    if (enrolled === 'location_differs') throw new Error(enrolled);
    return { events: eventSource(terminalId, locationId), auth: handshake(terminalId, enrolled.token) };
  }
  async function listen(till: Till): Promise<LiveClient> {
    const client = await connectLive(server.url, till.auth);
    clients.push(client);
    return client;
  }
  const listenAt = async (locationId: string) => listen(await enrol(locationId));
  async function push(till: Till, ...batches: ReturnType<EventSource['sale']>[]): Promise<void> {
    const terminal = await connectTerminal(server.url, till.auth);
    for (const batch of batches) expect(await terminal.push(pushOf(batch))).toMatchObject({ ok: true });
    terminal.close();
  }
  const move = (till: Till, sku: string, change: number, more: object = {}) =>
    till.events.next('inventory.updated', sku, {
      sku,
      old_quantity: 0,
      new_quantity: change,
      change,
      reason: 'adjustment',
      reference_id: 'COUNT-1',
      ...more,
    });
  const stockTable = async (locationId: string) =>
    Object.fromEntries(
      (await readStock(database, locationId)).map(({ sku, quantity, reserved }) => [
        sku,
        { quantity, reserved },
      ]),
    );
  const change = (...events: CatalogueEvent[]) =>
    server.log.write((tx) =>
      tx.append(
        { locationId: EVERYWHERE, now: new Date(), metadata: { user_id: 'test' } },
        events.map(draftOfCatalogueEvent),
      ),
    );
  /**
   * Everything that was written before has been told when all of them have this. The mark is of the catalogue, and the stock is
   * told by another subscriber: that one must have come past what was written, and then its messages are under way already.
   */
  async function markOf(...listeners: readonly LiveClient[]): Promise<void> {
    await eventually(async () => {
      const standings = await readStandings(database);
      expect(standings.find(({ subscriber }) => subscriber === 'live-stock')).toMatchObject({ waiting: 0 });
    });
    const sku = `MARK-${(numbers += 1)}`;
    await change({ type: 'product.deleted', version: 1, sku });
    await eventually(() => {
      for (const listener of listeners) expect(listener.view().items[sku]).toBeDefined();
    });
  }
  const item = (sku: string, price: number) =>
    itemFromWire(
      newWireItemSchema.parse({
        sku,
        name: 'Cabernet Sauvignon 750ml',
        category: 'wine',
        cost: 12.5,
        price,
        case_size: 12,
        active: true,
      }),
    );

  it('tells the other terminals of a location what one of them sold', async () => {
    const here = newLocation();
    const seller = await enrol(here);
    const other = await listenAt(here);
    const sale = seller.events.sale(3);
    await push(seller, sale);
    const skus = sale
      .filter(({ eventType }) => eventType === 'inventory.updated')
      .map((one) => one.aggregateId);
    const expected = Object.fromEntries(skus.map((sku) => [sku, { quantity: -1, reserved: 0 }]));
    await eventually(() => expect(other.view().stock).toEqual(expected));
  });

  it('tells a terminal nothing of another location', async () => {
    const seller = await enrol(newLocation());
    const elsewhere = await listenAt(newLocation());
    const namesake = await listenAt(`${seller.events.locationId}0`);
    await push(seller, seller.events.sale(4), seller.events.sale(4));
    await markOf(elsewhere, namesake);
    expect(elsewhere.view().stock).toEqual({});
    expect(namesake.view().stock).toEqual({});
  });

  it('tells each location of its own stock only, whatever happens, and what it says is the stock', async () => {
    let version = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAction, { minLength: 1, maxLength: 40 }),
        fc.nat(),
        async (actions, seed) => {
          const locations = [newLocation(), newLocation(), newLocation()];
          const tills = await Promise.all([...locations, ...locations].map(enrol));
          const listeners = await Promise.all(tills.map(listen));
          const lines = await Promise.all(tills.map(({ auth }) => connectTerminal(server.url, auth)));
          const act = async ({ till: index, kind, number, change: units }: Action) => {
            const till = tills[index];
            if (till === undefined) throw new Error('no such till');
            const sku = `${till.events.locationId}-SKU-${number}`;
            const send = async (event: ReturnType<typeof move>) =>
              expect(await lines[index]?.push(pushOf([event]))).toMatchObject({ ok: true });
            switch (kind) {
              case 'move':
                return send(move(till, sku, units));
              case 'rubbish':
                return send(move(till, sku, units, { sku: { $ne: null } }));
              case 'stranger':
                return send(till.events.next('shift.opened', 'S1', { sku, items: [sku] }));
              case 'forged':
                return send(till.events.next('product.deleted', sku, { sku, version: 99 }));
              case 'catalogue':
                version += 1;
                return change({ type: 'product.updated', version, item: item('SHARED', version) });
            }
          };
          // Those of one till one after the other, all tills at once.
          const byTill = Map.groupBy(actions, ({ till }) => till);
          await Promise.all(
            [...byTill.values()].map(async (own) => {
              for (const one of own) await act(one);
            }),
          );
          await markOf(...listeners);

          const shared = listeners.map(({ view }) => view().items['SHARED']);
          expect(shared).toEqual(shared.map(() => shared[0]));
          for (const [index, listener] of listeners.entries()) {
            const locationId = locations[index % locations.length] ?? '';
            expect(listener.view().stock).toEqual(await stockTable(locationId));
            for (const sku of Object.keys(listener.view().stock)) expect(sku).toContain(`${locationId}-SKU-`);
            expect(Object.keys(listener.view().items).filter((sku) => sku.includes('-SKU-'))).toEqual([]);
            // Late and twice: what is kept is the same.
            const disorder = [...listener.messages, ...listener.messages]
              .map((message, at) => ({ message, at: (at * 7919 + seed) % 104_729 }))
              .sort((a, b) => a.at - b.at);
            expect(viewOf(disorder.map(({ message }) => message))).toEqual(listener.view());
          }
          for (const line of lines) line.close();
          for (const listener of clients.splice(0)) listener.close();
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);

  it('has said the stock as it is when a burst of sales is over', async () => {
    const here = newLocation();
    const listener = await listenAt(here);
    const sellers = await Promise.all([enrol(here), enrol(here), enrol(here)]);
    await Promise.all(
      sellers.map((seller) => push(seller, ...Array.from({ length: 40 }, () => seller.events.sale(4)))),
    );
    await markOf(listener);
    expect(Object.keys(listener.view().stock).length).toBeGreaterThan(40);
    expect(listener.view().stock).toEqual(await stockTable(here));
  });

  it('says a large change in several messages', async () => {
    const seller = await enrol(newLocation());
    const listener = await listenAt(seller.events.locationId);
    await push(
      seller,
      Array.from({ length: 450 }, (_, number) => move(seller, `SKU-${number}`, number)),
    );
    await eventually(() => expect(Object.keys(listener.view().stock)).toHaveLength(450));
    expect(listener.messages.length).toBeGreaterThanOrEqual(5);
    expect(listener.view().stock).toEqual(await stockTable(seller.events.locationId));
  });

  it('tells all terminals of the catalogue, each record whole and with its version', async () => {
    const listeners = [await listenAt(newLocation()), await listenAt(newLocation())];
    const promotion = promotionFromWire(wirePromotionBodySchema.parse(combo.request));
    const merchandiseCode = {
      code: 'WINE',
      description: 'Wine Products',
      taxCategory: 'alcohol',
      taxRate: basisPoints(725),
      glAccount: '4000',
    };
    await change(
      { type: 'product.created', version: 1, item: item('NEW-001', 9.99) },
      { type: 'product.updated', version: 2, item: item('NEW-001', 10.49) },
      { type: 'product.deleted', version: 3, sku: 'OLD-001' },
      { type: 'promotion.created', version: 1, promotion },
      { type: 'category.updated', version: 8, merchandiseCode },
    );
    await markOf(...listeners);
    for (const { view } of listeners) {
      expect(view().items['NEW-001']).toMatchObject({
        sku: 'NEW-001',
        category: 'WINE',
        price: 1049,
        version: 2,
      });
      expect(view().items['OLD-001']).toEqual({ sku: 'OLD-001', version: 3, deleted: true });
      expect(view().promotions[promotion.promotionId]).toMatchObject({ type: 'combo', version: 1 });
      expect(view().merchandiseCodes['WINE']).toMatchObject({ tax_rate: 725, version: 8 });
    }
  });

  it('passes over a catalogue event that it cannot read, and goes on', async () => {
    const listener = await listenAt(newLocation());
    await server.log.write((tx) =>
      tx.append({ locationId: EVERYWHERE, now: new Date(), metadata: { user_id: 'test' } }, [
        { eventType: 'product.updated', aggregateId: 'SKU-1', data: { sku: 'SKU-1', price: 'free' } },
        { eventType: 'promotion.updated', aggregateId: 'PROMO-1', data: null },
      ]),
    );
    await markOf(listener);
    expect(Object.keys(listener.view().items)).toHaveLength(1);
    expect(logger.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields)).toMatchObject([
      { eventType: 'product.updated' },
      { eventType: 'promotion.updated' },
    ]);
    const letters = await readDeadLetters(database);
    expect(letters.filter(({ subscriber }) => subscriber.startsWith('live-'))).toEqual([]);
  });

  it('tells what an order of the web promised and let go again', async () => {
    const here = newLocation();
    const listener = await listenAt(here);
    await countIn(server.log, here, { [WINE]: 25 });
    const card = flakyProvider();
    const orders = createOrderService({
      database,
      log: server.log,
      providerOf: () => ({ ok: true, provider: card }),
      now: () => new Date(),
      readFacts: readCatalogueFacts,
    });
    const request = {
      locationId: here,
      channel: 'web',
      customerId: null,
      items: [{ sku: WINE, quantity: 2 }],
      instrument: { provider: 'stripe', payment_method: 'pm_card_visa' },
      ageVerified: true,
      expectedTotal: undefined,
      placedBy: 'api-key:web',
    } as const;
    const place = () => orders.place(request, requestKeyOf('web', here, 'orders', request));
    const told = (reserved: number) =>
      eventually(() => expect(listener.view().stock[WINE]).toEqual({ quantity: 25, reserved }));
    await told(0);
    // The money is held; that it be taken was asked over a line that broke, and is refused when asked again.
    card.next.push('ok', 'away', 'refuse');
    await expect(place()).rejects.toMatchObject({ refusal: { code: 'payment_unavailable' } });
    await told(2);
    await expect(place()).rejects.toMatchObject({ refusal: { code: 'payment_refused' } });
    await told(0);
    expect(listener.view().stock).toEqual(await stockTable(here));
  });

  it('goes on telling a till that a copy of its data listens besides', async () => {
    const till = await enrol(newLocation());
    const [original, copy] = [await listen(till), await listen(till)];
    await markOf(original, copy);
    copy.close();
    await markOf(original);
  });

  it('refuses whoever has no valid token, as /sync does', async () => {
    const { events, auth } = await enrol(newLocation());
    const refuse = (other: object) => refusalOf(server.url, { ...auth, ...other }, LIVE_NAMESPACE);
    expect(await refuse({ token: 'wrong' })).toMatchObject({ code: 'unauthorized' });
    expect(await refuse({ terminalId: 'NOBODY' })).toMatchObject({ code: 'unauthorized' });
    expect(await refuse({ protocol: PROTOCOL_VERSION + 1 })).toMatchObject({ code: 'protocol_unsupported' });
    expect(await refuse({ terminalId: events.locationId.toLowerCase() })).toMatchObject({
      code: 'malformed_handshake',
    });
    expect(await refuse({ token: ['x'] })).toMatchObject({ code: 'malformed_handshake' });
  });

  it('listens to nothing that a terminal sends, and still tells it', async () => {
    const seller = await enrol(newLocation());
    const client = await listenAt(seller.events.locationId);
    let answered = false;
    for (let round = 0; round < 2_000; round += 1) {
      client.socket.emit('events.push', pushOf(eventSource().sale(1)), () => {
        answered = true;
      });
      client.socket.emit('live.changed', { stock: [{ sku: 'FREE', quantity: 1, reserved: 0 }] });
      client.socket.emit('join', `location:${newLocation()}`, Buffer.from([1, 2, 3]));
    }
    await push(seller, [move(seller, 'SKU-1', 5)]);
    await eventually(() => expect(client.view().stock).toEqual({ 'SKU-1': { quantity: 5, reserved: 0 } }));
    expect(answered).toBe(false);
  });
});
