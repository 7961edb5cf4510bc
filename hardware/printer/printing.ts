import { PrinterConnection } from './printer-connection.ts';
import { PrinterError } from './printer-error.ts';
import type { PrinterLine } from './printer-line.ts';
import type { PrinterModel } from './printer-model.ts';
import {
  AUTOMATIC_STATUS_OFF,
  FULL_STATUS_REQUEST,
  isRealTimeAnswer,
  isSensorAnswer,
  PAPER_SENSOR_REQUEST,
  saysPaperEnd,
  troubleOf,
} from './printer-status.ts';
import type { Delivery, PrinterTransport } from './printer-transport.ts';

/** All in milliseconds. */
export interface PrintingTimeouts {
  readonly connect: number;
  /** Without any sign of progress. Eight seconds for an answer are normal; 3 s cut long receipts elsewhere. */
  readonly stall: number;
  /** How often a busy printer is asked whether it is only slow or out of paper. */
  readonly poll: number;
  /** The whole job: a printer that answers "fine" for ever and prints nothing must not hold the queue. */
  readonly job: number;
  /** For the printer's own close after ours. */
  readonly close: number;
}

export const DEFAULT_TIMEOUTS: PrintingTimeouts = {
  connect: 3_000,
  stall: 20_000,
  poll: 1_000,
  job: 120_000,
  close: 2_000,
};

/**
 * Prints over lines that `openLine` makes, one line for each job, whatever the wire.
 *
 *     open ─► ask status ─► job ─► GS r ─► answered? ─yes─► close          (model answers status)
 *                 │                  ▲         │ no, after `poll`
 *                 ▼                  └── fine ─ ask status ─ trouble ─► PrinterError
 *            PrinterError
 *
 *     open ─► job ─► half-close ─► peer closes? ─► closed | handed_over     (model does not)
 */
export function printingOver(
  openLine: () => PrinterLine,
  model: PrinterModel,
  changedTimeouts: Partial<PrintingTimeouts> = {},
): PrinterTransport {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...changedTimeouts };
  let lastJob: Promise<unknown> = Promise.resolve();

  /** Runs after every job that was given earlier, whatever became of it. */
  function inTurn(work: () => Promise<Delivery>): Promise<Delivery> {
    const turn = lastJob.then(work, work);
    lastJob = turn.catch(() => undefined);
    return turn;
  }

  async function converse(
    signal: AbortSignal | undefined,
    talk: (connection: PrinterConnection) => Promise<Delivery>,
  ): Promise<Delivery> {
    if (signal?.aborted === true) throw new PrinterError('cancelled', false, signal.reason);
    const connection = await PrinterConnection.open(openLine(), timeouts.connect, signal);
    try {
      return await talk(connection);
    } finally {
      await connection.destroy();
    }
  }

  return {
    send: (job, signal) =>
      inTurn(() =>
        converse(signal, (connection) =>
          model.answersStatus
            ? printAndAsk(connection, job, timeouts)
            : printUnasked(connection, job, timeouts),
        ),
      ),
    sendUnasked: (bytes, signal) =>
      inTurn(() => converse(signal, (connection) => printUnasked(connection, bytes, timeouts))),
  };
}

async function printAndAsk(
  connection: PrinterConnection,
  job: Uint8Array,
  timeouts: PrintingTimeouts,
): Promise<Delivery> {
  const deadline = performance.now() + timeouts.job;
  await demandReady(connection, timeouts);
  connection.jobStarted = true;
  await connection.write(AUTOMATIC_STATUS_OFF, timeouts.stall);
  await connection.write(job, timeouts.stall);
  connection.discardReceived();
  await connection.write(PAPER_SENSOR_REQUEST, timeouts.stall);
  for (;;) {
    const sensor = await connection.next(isSensorAnswer, timeouts.poll);
    if (sensor !== undefined) {
      if (saysPaperEnd(sensor)) connection.fail('paper_out');
      break;
    }
    if (performance.now() > deadline) connection.fail('stalled');
    await demandReady(connection, timeouts);
  }
  // The answer is the proof; the close is only good manners towards a printer that serves one at a time.
  await connection.closeAndAwaitPeer(timeouts.close).catch(() => false);
  return 'answered';
}

/** Asks how the printer is, and fails by what it says or by its silence. */
async function demandReady(connection: PrinterConnection, timeouts: PrintingTimeouts): Promise<void> {
  await connection.write(FULL_STATUS_REQUEST, timeouts.stall);
  const answer = async () =>
    (await connection.next(isRealTimeAnswer, timeouts.stall)) ?? connection.fail('stalled');
  const trouble = troubleOf(await answer(), await answer(), await answer(), await answer());
  if (trouble !== undefined) connection.fail(trouble);
}

async function printUnasked(
  connection: PrinterConnection,
  bytes: Uint8Array,
  timeouts: PrintingTimeouts,
): Promise<Delivery> {
  connection.jobStarted = true;
  await connection.write(bytes, timeouts.stall);
  return (await connection.closeAndAwaitPeer(timeouts.close)) ? 'closed' : 'handed_over';
}
