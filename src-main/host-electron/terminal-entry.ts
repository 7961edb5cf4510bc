/** Entry of the utility process in which the terminal lives: the window never waits for its disk or its printer. */
import type { MessageEvent } from 'electron';
import { openHealedTerminal } from '../terminal/open-healed-terminal.ts';
import { tillLog } from '../terminal/till-log.ts';
import type { FromTerminal, ToTerminal } from './terminal-messages.ts';
import { serveTerminal } from './terminal-service.ts';

/** Beside this file in the build. */
const THREADS = {
  sync: new URL('./sync-thread.mjs', import.meta.url),
  care: new URL('./care-thread.mjs', import.meta.url),
};

const port = process.parentPort;
let logger = tillLog('terminal');

const close = serveTerminal(
  {
    send: (message: FromTerminal) => port.postMessage(message),
    onMessage: (listener: (message: ToTerminal) => void) =>
      port.on('message', ({ data }: Omit<MessageEvent, 'data'> & { readonly data: ToTerminal }) =>
        listener(data),
      ),
  },
  {
    open({ folder, moved, logFile }) {
      logger = tillLog('terminal', logFile ?? undefined);
      return openHealedTerminal({ folder, logger, moved, threadUrls: THREADS });
    },
    onFault: (error) => logger.fatal({ err: error }, 'the till could not start'),
    onDone: () => process.exit(0),
  },
);

// Ctrl-C in a shell reaches every process of the group; the main process is the one to decide what it means.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void close());
