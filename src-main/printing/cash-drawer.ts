/**
 * The drawer's pulse is not queued and never repeated by itself: a drawer that springs open minutes later,
 * with nobody in front of it, is worse than one that needs its key.
 */
import type { DrawerStatus } from '../api/views.ts';
import type { ReceiptPrinter } from './receipt-printer.ts';

export interface CashDrawer {
  status(): DrawerStatus;
  /** Never throws; a failure is in the status. */
  open(): Promise<void>;
}

export function cashDrawer(
  printer: ReceiptPrinter | null,
  onChange: () => void,
  onError: (error: unknown) => void,
): CashDrawer {
  let status: DrawerStatus = printer ? { state: 'ready', problem: null } : { state: 'none', problem: null };
  return {
    status: () => status,
    async open() {
      if (!printer) return;
      try {
        await printer.openDrawer();
        status = { state: 'ready', problem: null };
      } catch (error) {
        onError(error);
        status = { state: 'failed', problem: 'The drawer did not get its signal. Open it with the key.' };
      }
      onChange();
    },
  };
}
