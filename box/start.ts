/** `npm start`: a whole store on one PC. */
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { ServiceError } from './child-service.ts';
import { type BoxFolders, DataFolderError, openDataFolder } from './data-folder.ts';
import { demoPins } from './demo-shop.ts';
import { openBrowser } from './open-browser.ts';
import { type StoreInABox, startStoreInABox } from './store-in-a-box.ts';

interface StartOptions {
  readonly port: number;
  readonly data: string;
  readonly open: boolean;
  readonly fresh: boolean;
}

const program = new Command('npm start --')
  .description(
    'Runs a whole store on this PC: central server, one till with a demo catalogue, a virtual printer and drawer.',
  )
  .option(
    '--port <port>',
    'first port to try; the next three are for server, printer page and printer',
    portNumber,
    7420,
  )
  .option('--data <folder>', 'where everything is kept', '.holdfast')
  .option('--no-open', 'do not open a window, only print the link')
  .option('--fresh', 'forget all data of that folder and begin anew', false)
  .action(start);

await program.parseAsync();

async function start({ port, data, open, fresh }: StartOptions): Promise<void> {
  const stopping = new AbortController();
  // `on`, because a Ctrl-C arrives twice, from the terminal and passed on by npm, and the second must not kill us
  // while we stop the services.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  const folders = openOrExplain(data, fresh);
  const box = folders && (await startOrExplain(folders, { port, open, signal: stopping.signal }));
  if (!box) {
    folders?.release();
    process.exitCode = stopping.signal.aborted ? 0 : 1;
    return;
  }
  announce(box, path.resolve(data));
  if (open && box.till.kind === 'browser') openBrowser(box.till.link);
  const ended = await Promise.race([
    aborted(stopping.signal).then(() => 'asked' as const),
    box.till.exited.then(() => 'till' as const),
  ]);
  // Closing Electron's window is how a person stops it; a till that a browser shows does not end by itself.
  const unexpected = ended === 'till' && box.till.kind === 'browser';
  console.log(unexpected ? 'The till ended unexpectedly; its log says why.' : '\nStopping …');
  await box.stop();
  folders.release();
  process.exitCode = unexpected ? 1 : 0;
  console.log('All stopped. Nothing is lost: the next `npm start` finds everything again.');
}

/** @returns undefined when the folder cannot be used; the reason has been printed */
function openOrExplain(data: string, fresh: boolean): BoxFolders | undefined {
  try {
    return openDataFolder(data, fresh);
  } catch (error) {
    if (!(error instanceof DataFolderError)) throw error;
    console.error(`\nHoldfast did not start: ${error.message}`);
    return undefined;
  }
}

/** @returns undefined when it could not start or was stopped meanwhile; the reason has been printed */
async function startOrExplain(
  folders: BoxFolders,
  options: { readonly port: number; readonly open: boolean; readonly signal: AbortSignal },
): Promise<StoreInABox | undefined> {
  try {
    return await startStoreInABox({
      ...options,
      folders,
      onStep: (step) => console.log(`… ${step}`),
    });
  } catch (error) {
    if (options.signal.aborted) {
      console.log('\nStopped before it was ready.');
      return undefined;
    }
    if (!(error instanceof ServiceError)) throw error;
    console.error(`\nHoldfast did not start: ${error.message}`);
    const wayOut = wayOutOf(error.code, folders.root);
    if (wayOut !== undefined) console.error(wayOut);
    return undefined;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What a person can do about data that is lost. The till has every sale, so a lost server is no lost data. */
function wayOutOf(code: string, data: string): string | undefined {
  switch (code) {
    case 'database_damaged':
      return `The till has every sale. Move ${path.join(data, 'server')} away and start again: the till sends all of it to a new server.`;
    case 'store_corrupt':
      return `To put the till back by hand: npm run terminal -- restore --data ${path.join(data, 'terminal')} (docs/guides/it.md says from what).`;
    case 'store_missing':
      return 'To begin with new demo data instead: npm start -- --fresh (this deletes what is there).';
    default:
      return undefined;
  }
}

/** At most 20 lines with the steps before it. */
function announce({ till, printer, serverUrl }: StoreInABox, data: string): void {
  const where =
    till.kind === 'browser'
      ? `${till.link}\n            (this link opens it once; afterwards this browser knows it)`
      : 'in its own window';
  console.log(`
  Holdfast is ready.

  Till      ${where}
  PINs      ${demoPins()}
  Printer   ${printer.pageUrl}  (virtual receipt printer and cash drawer, on port ${printer.printerPort})
  Server    ${serverUrl}  (central server on an embedded PostgreSQL)
            /api/openapi.json says what it can be asked; the key is in ${path.join(data, 'server', 'admin.key')}
  Data      ${data}

  Try: sign in, type 06214159 (a can of cola), press Enter three times, and look at the printer's page.
  Ctrl-C stops everything; the next start finds all of it again.
`);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_500)
    throw new InvalidArgumentError('a port is a number from 1 to 65500');
  return port;
}
