/** Child script: sells one bottle of water at a till with a printer at this port, and waits to be killed. */
import pino from 'pino';
import { openTerminal } from '../terminal/terminal.ts';
import { report } from './child.ts';
import { clientOf } from './terminal-client.ts';

const [folder = '', port = ''] = process.argv.slice(2);
const terminal = openTerminal({
  folder,
  logger: pino({ level: 'silent' }),
  moved: { printer: { host: '127.0.0.1', port: Number(port) } },
});
const client = clientOf(() => terminal);
await client.call('session.signIn', { pin: '1111' });
await client.call('sale.addItem', { sku: 'WATER-STILL-001', quantity: 1 });
const { orderId, total } = await client.call('sale.beginPayment', {});
report(await client.call('sale.tenderCash', { orderId, total, tendered: total }));
setInterval(() => terminal, 60_000);
