/** A server's services on a database, with all that changes what goes down to the tills, for tests of the way down. */
import { itemFromWire, newWireItemSchema, wireItemChangesSchema } from '#domain/catalogue/item-wire.ts';
import {
  merchandiseCodeFromWire,
  newWireMerchandiseCodeSchema,
} from '#domain/catalogue/merchandise-code-wire.ts';
import { promotionFromWire, wirePromotionBodySchema } from '#domain/promotions/promotion-wire.ts';
import combo from '#domain/promotions/contracts/promotion-combo.json' with { type: 'json' };
import type { ChangesPullReply } from '#sync/protocol/changes.ts';
import type { EventBus } from '../bus/event-bus.ts';
import { itemTable } from '../catalogue/item-table.ts';
import { merchandiseCodeTable } from '../catalogue/merchandise-code-table.ts';
import { promotionTable } from '../catalogue/promotion-table.ts';
import { createRecordStore } from '../catalogue/record-store.ts';
import { storeItems } from '../catalogue/store-items.ts';
import { type ChangesQuestion, readChanges } from '../changes/read-changes.ts';
import type { Database } from '../database/database.ts';
import { moveStock } from '../inventory/move-stock.ts';
import { EVERYWHERE, createEventLog } from '../log/event-log.ts';
import { createSettingsService } from '../locations/settings-service.ts';
import { createStaffService } from '../locations/staff-service.ts';
import { SILENT } from '../logger.ts';
import { createSnapshotMaker } from '../snapshots/snapshot-maker.ts';
import { readPiece } from '../snapshots/snapshot-store.ts';
import { type AuthenticTerminal, enrolTerminal } from '../terminals/terminals.ts';
import { type EventSource, eventSource } from './sale-events.ts';
import { silentBus } from './silent-bus.ts';
import { type TillMirror, mirrorOfSnapshot, pageOf } from './till-mirror.ts';

export interface DownTill extends AuthenticTerminal {
  readonly token: string;
  readonly events: EventSource;
}

/** An Argon2id hash of no PIN that anybody knows. */
export const SOME_HASH = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'B'.repeat(43)}`;

export type DownShop = ReturnType<typeof downShop>;

let numbers = 0;

/** @param bus is told of what is written; nobody is, by default */
export function downShop(database: Database, bus: EventBus = silentBus()) {
  const log = createEventLog(database, bus);
  const context = { database, log };
  const items = createRecordStore(context, itemTable);
  const codes = createRecordStore(context, merchandiseCodeTable);
  const promotions = createRecordStore(context, promotionTable);
  const staff = createStaffService(database, log);
  const settings = createSettingsService(database, log);
  const at = (locationId: string) => ({ locationId, now: new Date(), metadata: { user_id: 'test' } });
  const everywhere = () => at(EVERYWHERE);

  return {
    database,
    log,
    items,
    codes,
    promotions,
    staff,
    settings,
    everywhere,
    at,
    newLocation: () => `SHOP-${(numbers += 1)}`,
    newKey: (prefix: string) => `${prefix}-${(numbers += 1)}`,

    async enrol(locationId: string): Promise<DownTill> {
      const terminalId = `T${(numbers += 1)}`;
      const enrolled = await enrolTerminal(database, terminalId, locationId, new Date());
      if (enrolled === 'location_differs') throw new Error(enrolled);
      return { ...enrolled, events: eventSource(terminalId, locationId) };
    },

    /** What a till sold or counted, as the ingest stores it: events, stock and head in one transaction. */
    async sell(till: DownTill, changes: Readonly<Record<string, number>>): Promise<void> {
      const moves = Object.entries(changes);
      const events = moves.map(([sku, change]) =>
        till.events.nextSeed({
          type: 'inventory.updated',
          sku,
          oldQuantity: 0,
          newQuantity: change,
          change,
          reason: 'sale',
          referenceId: 'SALE',
        }),
      );
      const last = events.at(-1);
      if (last === undefined) return;
      await log.write(async (tx) => {
        const movements = moves.map(([sku, change]) => ({ sku, change, referenceId: 'SALE' }));
        await moveStock(tx, till.locationId, movements);
        await tx.appendReceived(events);
        const sql = 'UPDATE terminals SET head_seq = $2, head_hash = $3 WHERE terminal_id = $1';
        await tx.execute(sql, [till.terminalId, last.seq, last.hash]);
      });
    },

    async makeCode(code: string): Promise<void> {
      await codes.create(
        merchandiseCodeFromWire(
          newWireMerchandiseCodeSchema.parse({
            code,
            description: code,
            tax_category: 'alcohol',
            gl_account: '4000',
            tax_rate: 700,
          }),
        ),
        everywhere(),
      );
    },
    itemOf,
    makeItem: (sku: string, category: string, price = 9.99) =>
      items.create(itemOf(sku, category, price), everywhere()),
    changePrice: (sku: string, version: number, price: number) =>
      items.update(sku, version, ({ merchandiseCode }) => itemOf(sku, merchandiseCode, price), everywhere()),
    async makeItems(skus: readonly string[], category: string): Promise<void> {
      const rows = skus.map((sku) => wireItemChangesSchema.parse(wireItem(sku, category, 9.99)));
      for (let from = 0; from < rows.length; from += 1000) {
        const errors = await storeItems(log, rows.slice(from, from + 1000), everywhere());
        if (errors.length > 0) throw new Error(errors[0]?.message);
      }
    },
    async makePromotion(id: string, skus: readonly string[]): Promise<void> {
      const { request } = combo;
      const body = { ...request, promotion_id: id, rules: { ...request.rules, buy_skus: [...skus] } };
      await promotions.create(promotionFromWire(wirePromotionBodySchema.parse(body)), everywhere());
    },
    putPerson: (locationId: string, user_id: string, name: string, version?: number, active = true) =>
      staff.put(
        { user_id, name, role: 'cashier', active, pin_hash: hashNumber(name) },
        version,
        at(locationId),
      ),
    putSettings: (locationId: string, store_name: string, version?: number) =>
      settings.put(
        { store_name, store_address: [], receipt_footer: [], quick_keys: [], keep_events_days: 90 },
        version,
        at(locationId),
      ),

    pull: (terminal: AuthenticTerminal, after: string | null, more: Partial<ChangesQuestion> = {}) =>
      readChanges(database, { terminal, after, limit: 1000, ...more }, SILENT),
    /** Pulls and applies until there is no more. Answers how many pages it took. */
    async follow(
      terminal: AuthenticTerminal,
      mirror: TillMirror,
      more: Partial<ChangesQuestion> = {},
    ): Promise<number> {
      for (let pages = 1; ; pages += 1) {
        const reply: ChangesPullReply = await this.pull(terminal, mirror.cursor, more);
        const page = pageOf(reply);
        mirror.apply(page);
        if (!page.more) return pages;
        if (pages > 10_000) throw new Error('it never ends');
      }
    },
    /** A fresh snapshot, as bytes. */
    async snapshot(locationId: string): Promise<Uint8Array> {
      const maker = createSnapshotMaker({ database, logger: SILENT, reusedForMs: 0 });
      return readWholeSnapshot(database, await maker.prepare(locationId));
    },
    async mirror(locationId: string): Promise<TillMirror> {
      return mirrorOfSnapshot(await this.snapshot(locationId));
    },
  };
}

export async function readWholeSnapshot(
  database: Database,
  { path, bytes }: { readonly path: string; readonly bytes: number },
): Promise<Uint8Array> {
  const id = path.split('/').at(-1) ?? '';
  const pieces: Uint8Array[] = [];
  for (let length = 0; length < bytes; length += pieces.at(-1)?.length ?? 0) {
    pieces.push(await readPiece(database, id, pieces.length));
  }
  return Buffer.concat(pieces);
}

function wireItem(sku: string, category: string, price: number) {
  return {
    sku,
    name: `Item ${sku}`,
    category: category.toLowerCase(),
    cost: 1.5,
    price,
    case_size: 12,
    active: true,
  };
}

function itemOf(sku: string, category: string, price: number) {
  return itemFromWire(newWireItemSchema.parse(wireItem(sku, category, price)));
}

/** Another one for each name, without the 30 ms that a real one takes. */
function hashNumber(name: string): string {
  return SOME_HASH.replace(
    'B'.repeat(43),
    Buffer.from(name.padEnd(43, '.')).toString('base64url').slice(0, 43),
  );
}
