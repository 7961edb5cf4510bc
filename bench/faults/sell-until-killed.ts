/**
 * Child script: a real till that sells for cash as fast as it can until it is killed, and says each sale that it was answered.
 *
 *     node sell-until-killed.ts <folder> FULL|NORMAL [<sales, after which it kills itself>]
 *
 * NORMAL is the sabotage: everything is opened and proven as always, and then each connection is told to sync no commit.
 */
import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import pino from 'pino';
import { PINS } from '#main/test-support/test-till.ts';
import { clientOf } from '#main/test-support/terminal-client.ts';
import { openTerminal } from '#main/terminal/terminal.ts';

const [folder = '', synchronous, mostSales = 'Infinity'] = process.argv.slice(2);
const connections = new Set<Database.Database>();
const pragma: unknown = Reflect.get(Database.prototype, 'pragma');
if (typeof pragma !== 'function') throw new Error('better-sqlite3 has no pragma any more');
Database.prototype.pragma = function noting(this: Database.Database, ...args: readonly unknown[]) {
  connections.add(this);
  const answer: unknown = Reflect.apply(pragma, this, args);
  return answer;
};
const terminal = openTerminal({ folder, logger: pino({ level: 'silent' }) });
for (const connection of connections) {
  if (synchronous === 'NORMAL' && connection.open) connection.pragma('synchronous = NORMAL');
}

/** Written before the next instruction, not when the event loop finds time: what a reader has seen was said. */
function say(line: unknown): void {
  writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`);
}

const client = clientOf(() => terminal);
await client.call('session.signIn', { pin: PINS.cashier });
for (let sale = 0; sale < Number(mostSales); sale += 1) {
  await client.call('sale.addItem', { sku: 'WATER-STILL-001', quantity: 1 });
  await client.call('sale.addItem', { sku: 'SODA-COLA-001', quantity: 2 });
  const { orderId, total } = await client.call('sale.beginPayment', {});
  say({ tendered: orderId });
  await client.call('sale.tenderCash', { orderId, total, tendered: total });
  say({ sold: orderId, total });
}
process.kill(process.pid, 'SIGKILL');
