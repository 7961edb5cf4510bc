/** Child script: a cashier scans what the arguments say and opens payment, then the process waits to be killed. */
import pino from 'pino';
import { openTerminal } from '../terminal/terminal.ts';
import { report } from './child.ts';

const [folder = '', ...skus] = process.argv.slice(2);
const terminal = openTerminal({ folder, logger: pino({ level: 'silent' }) });
await terminal.call('session.signIn', { pin: '1111' });
for (const sku of skus) await terminal.call('sale.addItem', { sku, quantity: 1 });
await terminal.call('sale.confirmAge', { birthDate: '1980-05-05' });
const paying = await terminal.call('sale.beginPayment', {});
report(paying);
setInterval(() => terminal, 60_000);
