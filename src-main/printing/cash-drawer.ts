/**
 * The drawer's pulse is not queued and never repeated by itself: a drawer that springs open minutes later,
 * with nobody in front of it, is worse than one that needs its key.
 */
import type { DrawerStatus } from '../api/views.ts';
import type { ReceiptPrinter } from './receipt-printer.ts';
import { tell } from './tell.ts';

/** A printer that is well takes a pulse within a tenth of this. */
const PATIENCE_MS = 2_000;

const NO_SIGNAL = 'The drawer did not get its signal. Open it with the key.';
const BUSY = 'The drawer still waits for its last signal. Open it with the key.';

export interface CashDrawer {
  status(): DrawerStatus;
  /**
   * Never throws; a failure is in the status. Resolves when the pulse has settled, and at the latest after the
   * drawer's patience: the paper, which goes to the same printer, waits no longer.
   * While one pulse is under way another one fails at once.
   */
  open(): Promise<void>;
}

export function cashDrawer(
  printer: ReceiptPrinter | null,
  onChange: () => void,
  onError: (error: unknown) => void,
  patienceMs = PATIENCE_MS,
): CashDrawer {
  let status: DrawerStatus = { state: printer ? 'ready' : 'none', problem: null };
  let underWay: Promise<void> | null = null;

  function become(next: DrawerStatus): void {
    status = next;
    tell(onChange);
  }

  async function pulse(on: ReceiptPrinter): Promise<void> {
    try {
      await on.openDrawer();
      become({ state: 'ready', problem: null });
    } catch (error) {
      tell(() => onError(error));
      become({ state: 'failed', problem: NO_SIGNAL });
    } finally {
      underWay = null;
    }
  }

  return {
    status: () => status,
    async open() {
      if (!printer) return;
      if (underWay) become({ state: 'failed', problem: BUSY });
      else underWay = pulse(printer);
      await settledOrAfter(underWay, patienceMs);
    },
  };
}

function settledOrAfter(work: Promise<void>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
