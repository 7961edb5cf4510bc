/** Child script: a cashier scans what the arguments say and opens payment, then the process waits to be killed. */
import pino from 'pino';
import { openTerminal } from '../terminal/terminal.ts';
import { report } from './child.ts';
import { clientOf } from './terminal-client.ts';

const [folder = '', ...skus] = process.argv.slice(2);
const terminal = openTerminal({ folder, logger: pino({ level: 'silent' }) });
const client = clientOf(() => terminal);
await client.call('session.signIn', { pin: '1111' });
for (const sku of skus) await client.call('sale.addItem', { sku, quantity: 1 });
await client.call('sale.confirmAge', {
  orderId: (await client.call('sale.get', {})).orderId,
  birthDate: '1980-05-05',
});
const paying = await client.call('sale.beginPayment', {});
report(paying);
setInterval(() => terminal, 60_000);
