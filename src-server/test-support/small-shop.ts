/** A catalogue of three items and a counted shelf, written straight into the tables, for tests of orders and stock. */
import type { Database } from '../database/database.ts';
import type { EventLog } from '../log/event-log.ts';
import { draftOfMoved } from '../inventory/moved-event.ts';
import { moveStock } from '../inventory/move-stock.ts';

/** The seed's wine: 19.99 at 7 %, from 21 years, reorder point 10, cases of 12. */
export const WINE = 'WINE-CAB-001';
/** 1.99 with a deposit of 0.05, 7 %. */
export const SODA = 'SODA-COLA-001';
/** 2.49, no tax. */
export const CHIPS = 'CHIPS-001';

export async function fillCatalogue(database: Database): Promise<void> {
  await database.execute(
    `INSERT INTO merchandise_codes (code, description, tax_category, tax_rate, gl_account, version, updated_at) VALUES
       ('WINE', 'Wine Products', 'alcohol', 700, '4000', 1, NOW()), ('SODA', 'Soda', 'soft_drinks', 700, '4110', 1, NOW()),
       ('SNACKS', 'Snacks', 'food', 0, '4200', 1, NOW()) ON CONFLICT DO NOTHING`,
  );
  await database.execute(
    `INSERT INTO items (sku, name, merchandise_code, cost, price, case_size, active, minimum_age, deposit, reorder_point, version, updated_at)
     VALUES ('${WINE}', 'Cabernet Sauvignon 750ml', 'WINE', 1250, 1999, 12, true, 21, 0, 10, 1, NOW()),
            ('${SODA}', 'Cola 12 oz', 'SODA', 80, 199, 24, true, NULL, 5, 0, 1, NOW()),
            ('${CHIPS}', 'Potato Chips', 'SNACKS', 110, 249, 12, true, NULL, 0, 0, 1, NOW()) ON CONFLICT DO NOTHING`,
  );
}

/** Counts the shelf of a location, as an event of the log like any other. */
export async function countIn(
  log: EventLog,
  locationId: string,
  quantities: Readonly<Record<string, number>>,
): Promise<void> {
  await log.write(async (tx) => {
    const movements = Object.entries(quantities).map(([sku, change]) => ({
      sku,
      change,
      referenceId: 'COUNT-1',
    }));
    const { moved } = await moveStock(tx, locationId, movements);
    await tx.append(
      { locationId, now: new Date(), metadata: { user_id: 'test' } },
      moved.map((movement) => draftOfMoved(movement, 'adjustment')),
    );
  });
}
