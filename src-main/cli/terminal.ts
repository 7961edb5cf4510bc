/** `holdfast-terminal`: what IT does with a till from a command line. */
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { printerModelIdSchema } from '#hardware/printer/printer-model.ts';
import { backUp, enrol, restore } from './care-commands.ts';
import { changeToken } from './change-token.ts';
import { importCatalog } from './import-catalog.ts';
import { serve } from './serve.ts';
import { printSyncStatus } from './sync-status.ts';
import { writeUnsent } from './unsent-events.ts';

const SCREENS = path.resolve(import.meta.dirname, '../../dist/renderer');
const DEFAULT_DATA = '.holdfast/terminal';

const program = new Command('holdfast-terminal').description('A Holdfast till, from the command line.');

program
  .command('serve')
  .description('run the till for a browser on this PC')
  .option('--data <folder>', 'data folder of the till', DEFAULT_DATA)
  .option('--port <port>', 'port on 127.0.0.1, 0 for a free one', portNumber, 7420)
  .option('--screens <folder>', 'built screens', SCREENS)
  .option('--server <url>', 'where the central server is now')
  .option('--printer <host:port>', 'where the receipt printer is now', hostAndPort)
  .action(serve);

program
  .command('import-catalog')
  .description('take items from a CSV file into the till')
  .argument('<file>', 'CSV with the columns of docs/import-catalog.md')
  .option('--data <folder>', 'data folder of the till', DEFAULT_DATA)
  .option('--skip-bad-rows', 'take all good rows; without it one bad row and none is taken', false)
  .option('--merchandise-codes <file>', 'CSV of departments to take first')
  .action(importCatalog);

program
  .command('sync-status')
  .description('where the till stands with its server, while it runs or not')
  .option('--data <folder>', 'data folder of the till', DEFAULT_DATA)
  .option('--json', 'one line of JSON', false)
  .action(printSyncStatus);

program
  .command('enrol')
  .description('make this PC a till, with a one-time code from the back office')
  .requiredOption('--server <url>', 'the central server', httpAddress)
  .requiredOption('--code <code>', 'as the back office shows it')
  .option('--data <folder>', 'data folder that the till will have', DEFAULT_DATA)
  .option('--printer <host:port>', 'the receipt printer, with the drawer on it', hostAndPort)
  .option('--printer-model <model>', 'what it is', printerModel, 'generic-80mm')
  .action(enrol);

program
  .command('token')
  .description('give this till, while it does not run, the token on stdin that its server issued anew')
  .option('--data <folder>', 'data folder of the till', DEFAULT_DATA)
  .action(changeToken);

program
  .command('backup')
  .description('copy the database and check the copy, while the till runs or not')
  .option('--data <folder>', 'data folder of the till', DEFAULT_DATA)
  .action(backUp);

program
  .command('restore')
  .description('put a till with a damaged database together again; the damaged files are kept')
  .option('--data <folder>', 'data folder of the till', DEFAULT_DATA)
  .option('--from <backup>', 'a file of its backups; without it the newest that is good')
  .option('--without-backup', 'begin empty under its name; all of it comes from the server', false)
  .action(restore);

program
  .command('unsent')
  .description('write what the server has not acknowledged into a file, while the till runs or not')
  .requiredOption('--out <file>', 'a new file: NDJSON, a line about the till and one for each event')
  .option('--data <folder>', 'data folder of the till', DEFAULT_DATA)
  .action(writeUnsent);

await program.parseAsync();

function httpAddress(text: string): string {
  if (!/^https?:\/\/./.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('expected an address that begins with http:// or https://');
  }
  return text;
}

function printerModel(text: string): string {
  if (!printerModelIdSchema.safeParse(text).success)
    throw new InvalidArgumentError('no printer that this Holdfast knows');
  return text;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return port;
}

function hostAndPort(text: string): { host: string; port: number } {
  const match = /^(.+):(\d+)$/.exec(text);
  if (!match?.[1]) throw new InvalidArgumentError('expected host:port');
  return { host: match[1], port: portNumber(match[2] ?? '') };
}
