import { assertNever } from '#domain/assert-never.ts';
import { useView } from '../../till/till-context.tsx';
import type { Pane } from '../../view/view.ts';
import { PrintQueue } from '../receipts/print-queue.tsx';
import { RecentSales } from '../receipts/recent-sales.tsx';
import { MorePane } from './more-pane.tsx';
import { QuantityPane } from './quantity-pane.tsx';
import { QuickKeys } from './quick-keys.tsx';
import { SearchField } from './search-field.tsx';
import { SearchResults } from './search-results.tsx';
import { SidePane } from './side-pane.tsx';
import { useSellKeyboard } from './use-sell-keyboard.ts';

/** Right: where hands work. The search field stays; under it the quick keys, or what was asked for instead. */
export function SellPane() {
  useSellKeyboard();
  const pane = useView((view) => view.pane);
  const searching = useView((view) => view.searchText !== '');
  return (
    <section aria-label="Find and add" className="flex min-h-0 min-w-0 flex-col">
      <SearchField />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-4">
        {searching ? <SearchResults /> : paneElement(pane)}
      </div>
    </section>
  );
}

function paneElement(pane: Pane) {
  switch (pane) {
    case 'keys':
      return <QuickKeys />;
    case 'quantity':
      return <QuantityPane />;
    case 'more':
      return <MorePane />;
    case 'receipts':
      return (
        <SidePane title="Recent sales">
          <RecentSales />
        </SidePane>
      );
    case 'print_queue':
      return (
        <SidePane title="Receipts waiting to print">
          <PrintQueue takesFocus />
        </SidePane>
      );
    default:
      return assertNever(pane);
  }
}
