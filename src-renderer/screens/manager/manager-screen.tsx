import { Button } from '../../parts/button.tsx';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';
import { useKeys } from '../../scanning/use-keys.ts';
import { useTill } from '../../till/till-context.tsx';
import { PrintQueue } from '../receipts/print-queue.tsx';
import { LowStockTable } from './low-stock-table.tsx';
import { SyncPanel } from './sync-panel.tsx';

/** Opens on what runs out. A scan goes back to the till and into the sale. */
export function ManagerScreen() {
  const till = useTill();
  const back = (): void => till.view.setState({ place: 'till', pane: 'keys' });
  const system = (): void => till.view.setState({ place: 'system' });
  useKeys({ Escape: back, F10: back, F8: system });
  return (
    <>
      <div className="flex shrink-0 items-center justify-between gap-4 border-b border-edge bg-surface px-4 py-2">
        <h1 className="text-xl font-bold">Manager</h1>
        <div className="flex gap-2">
          <Button keyName="F8" onPress={system} className="h-12" testId="open-system">
            System
          </Button>
          <Button keyName="Esc" shortcut="Escape" onPress={back} className="h-12" testId="back-to-till">
            Back to the till
          </Button>
        </div>
      </div>
      <RefusalNotice className="p-2" />
      <div className="grid min-h-0 flex-1 grid-cols-[8fr_5fr]">
        <section
          aria-label="Low stock"
          className="flex min-h-0 min-w-0 flex-col border-r border-edge bg-surface"
        >
          <LowStockTable />
        </section>
        <div className="flex min-h-0 flex-col gap-6 overflow-y-auto p-4">
          <section aria-label="Sync">
            <h2 className="mb-2 text-lg font-bold">Sync with the server</h2>
            <SyncPanel />
          </section>
          <section aria-label="Print queue">
            <h2 className="mb-2 text-lg font-bold">Print queue</h2>
            <PrintQueue />
          </section>
        </div>
      </div>
    </>
  );
}
