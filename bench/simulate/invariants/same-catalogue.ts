/** Compares what a till has of the server, record by record, with what the server has. Both as plain text, so that no field is forgotten. */
import { itemFromWire, wireItemSchema } from '#domain/catalogue/item-wire.ts';
import {
  merchandiseCodeFromWire,
  wireMerchandiseCodeSchema,
} from '#domain/catalogue/merchandise-code-wire.ts';
import { wirePromotionSchema } from '#domain/promotions/promotion-wire.ts';
import type { Gone, ModelState } from '../model/state.ts';
import type { TillDisk } from '../till/disk.ts';

export function wrongCatalogue(disk: TillDisk, state: ModelState): readonly string[] {
  return [
    ...differences('department', codesOfTill(disk), codesOfServer(state)),
    ...differences('item', itemsOfTill(disk), itemsOfServer(state)),
    ...differences('barcode', barcodesOfTill(disk), barcodesOfServer(state)),
    ...differences('promotion', promotionsOfTill(disk), promotionsOfServer(state)),
    ...differences('person', peopleOfTill(disk, state), peopleOfServer(state)),
    ...differences('picture key', keysOfTill(disk), keysOfServer(state)),
    ...differences('stock', stockOfTill(disk), stockOfServer(state)),
  ];
}

type Records = ReadonlyMap<string, string>;

function differences(what: string, till: Records, server: Records): readonly string[] {
  return [...new Set([...till.keys(), ...server.keys()])].flatMap((key) => {
    const [here, there] = [till.get(key), server.get(key)];
    return here === there
      ? []
      : [`${what} ${key} is ${here ?? 'not there'}, on the server ${there ?? 'not there'}`];
  });
}

function recordsOf<Value>(entries: Iterable<readonly [string, Value]>): Records {
  return new Map([...entries].map(([key, value]) => [key, JSON.stringify(value)]));
}

function standing<Record extends object>(
  records: ReadonlyMap<string, Record | Gone>,
): [string, Exclude<Record, Gone>][] {
  return [...records].filter((entry): entry is [string, Exclude<Record, Gone>] => !('deleted' in entry[1]));
}

const itemsOfServer = ({ items }: ModelState): Records =>
  recordsOf(
    standing(items).map(([sku, wire]) => {
      const { barcodes: _barcodes, ...item } = itemFromWire(wireItemSchema.parse(wire));
      return [sku, { ...item, version: wire.version }];
    }),
  );

const itemsOfTill = (disk: TillDisk): Records =>
  recordsOf(
    disk
      .look<{ readonly sku: string; readonly active: number }>(
        `SELECT sku, name, merchandise_code AS merchandiseCode, cost, price, case_size AS caseSize, active,
                minimum_age AS minimumAge, deposit, reorder_point AS reorderPoint, version FROM items`,
      )
      .map((row) => [row.sku, { ...row, active: row.active === 1 }]),
  );

const barcodesOfServer = ({ items }: ModelState): Records =>
  recordsOf(
    standing(items).flatMap(([sku, wire]) => wireItemSchema.parse(wire).barcodes.map((gtin) => [gtin, sku])),
  );

const barcodesOfTill = (disk: TillDisk): Records =>
  recordsOf(
    disk
      .look<{ readonly gtin: string; readonly sku: string }>('SELECT gtin, sku FROM barcodes')
      .map(({ gtin, sku }) => [gtin, sku]),
  );

const codesOfServer = ({ merchandiseCodes }: ModelState): Records =>
  recordsOf(
    standing(merchandiseCodes).map(([code, wire]) => [
      code,
      { ...merchandiseCodeFromWire(wireMerchandiseCodeSchema.parse(wire)), version: wire.version },
    ]),
  );

const codesOfTill = (disk: TillDisk): Records =>
  recordsOf(
    disk
      .look<{ readonly code: string }>(
        `SELECT code, description, tax_category AS taxCategory, tax_rate AS taxRate, gl_account AS glAccount, version
         FROM merchandise_codes`,
      )
      .map((row) => [row.code, row]),
  );

const promotionsOfServer = ({ promotions }: ModelState): Records =>
  recordsOf(standing(promotions).map(([id, wire]) => [id, [wirePromotionSchema.parse(wire), wire.version]]));

const promotionsOfTill = (disk: TillDisk): Records =>
  recordsOf(
    disk
      .look<{ readonly promotion_id: string; readonly record: string; readonly version: number }>(
        'SELECT promotion_id, record, version FROM promotions',
      )
      .map(({ promotion_id, record, version }) => [
        promotion_id,
        [wirePromotionSchema.parse(JSON.parse(record)), version],
      ]),
  );

const peopleOfServer = ({ staff }: ModelState): Records =>
  recordsOf([...staff].map(([id, { active, ...person }]) => [id, { ...person, active: active ? 1 : 0 }]));

/** Whom the server does not know stays, unable to sign in: orders name them. */
const peopleOfTill = (disk: TillDisk, { staff }: ModelState): Records =>
  recordsOf(
    disk
      .look<{ readonly user_id: string; readonly version: number; readonly active: number }>(
        'SELECT user_id, name, role, pin_hash, active, version FROM staff',
      )
      .filter(({ user_id, active }) => active === 1 || staff.has(user_id))
      .map(({ version, active, ...person }) => [person.user_id, { ...person, version, active }]),
  );

const keysOfServer = ({ settings }: ModelState): Records =>
  recordsOf(settings.quick_keys.map((key, index) => [String(index + 1), { ...key }]));

const keysOfTill = (disk: TillDisk): Records =>
  recordsOf(
    disk
      .look<{
        readonly position: number;
        readonly sku: string;
        readonly label: string;
        readonly picture: string;
      }>('SELECT position, sku, label, picture FROM quick_keys')
      .map(({ position, ...key }) => [String(position), key]),
  );

/** What neither has any of is the same whether it is listed or not. */
const stockOfServer = ({ stock }: ModelState): Records =>
  recordsOf([...stock].filter(([, { quantity, reserved }]) => quantity !== 0 || reserved !== 0));

const stockOfTill = (disk: TillDisk): Records =>
  recordsOf(
    disk
      .look<{ readonly sku: string; readonly quantity: number; readonly reserved: number }>(
        'SELECT sku, quantity, reserved FROM stock WHERE quantity <> 0 OR reserved <> 0',
      )
      .map(({ sku, ...figures }) => [sku, figures]),
  );
