/** `npm start`: a whole store on one PC. */
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import cliProgress from 'cli-progress';
import { ServiceError } from './child-service.ts';
import { DataFolderError, openDataFolder } from './data-folder.ts';
import { demoPins } from './demo-shop.ts';
import { openBrowser } from './open-window.ts';
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
  const stopRequested = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  let box: StoreInABox;
  const bar = importBar();
  try {
    const folders = openDataFolder(data, fresh);
    box = await startStoreInABox({
      folders,
      port,
      onStep: (step) => console.log(`… ${step}`),
      onImport: bar.show,
    });
    bar.stop();
  } catch (error) {
    bar.stop();
    if (!(error instanceof ServiceError || error instanceof DataFolderError)) throw error;
    console.error(`\nHoldfast did not start: ${error.message}`);
    if (error instanceof ServiceError && error.code.startsWith('store_')) {
      console.error(
        'To begin with empty demo data instead: npm start -- --fresh (this deletes what is there).',
      );
    }
    process.exitCode = 1;
    return;
  }
  announce(box, path.resolve(data));
  if (open) openBrowser(box.terminal.link);
  const died = await Promise.race([stopRequested.then(() => false), box.terminalDied.then(() => true)]);
  console.log(died ? 'The till ended unexpectedly; its log says why.' : '\nStopping …');
  await box.stop();
  process.exitCode = died ? 1 : 0;
  console.log('All stopped. Nothing is lost: the next `npm start` finds everything again.');
}

function announce({ terminal, printer, serverUrl }: StoreInABox, data: string): void {
  console.log(`
  Holdfast is ready.

  Till      ${terminal.link}
            (this link opens it once; afterwards this browser knows it)
  PINs      ${demoPins()}
  Printer   ${printer.pageUrl}  (virtual receipt printer and cash drawer, on port ${printer.printerPort})
  Server    ${serverUrl}  (central server on an embedded PostgreSQL)
  Data      ${data}

  Try: sign in, type "cab", Enter, Pay, Enter, and look at the printer's page.
  Ctrl-C stops everything; the next start finds all of it again.
`);
}

/** A long first import shows that it goes on; the demo's is over before one sees it. */
function importBar() {
  const bar = new cliProgress.SingleBar({
    format: '  {bar} {percentage} %',
    clearOnComplete: true,
    stream: process.stderr,
  });
  let started = false;
  return {
    show: ({ step, share }: { readonly step: string; readonly share: number }) => {
      if (!started) bar.start(100, 0);
      started = true;
      bar.update(Math.floor(share * 50) + (step === 'writing' ? 50 : 0));
    },
    stop: () => bar.stop(),
  };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_500)
    throw new InvalidArgumentError('a port is a number from 1 to 65500');
  return port;
}
