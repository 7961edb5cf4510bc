import { ShieldCheck } from 'lucide-react';
import type { CompletedSale, PrintJob, SaleView } from '#main/api/views.ts';
import { formatCents } from '#domain/money/format.ts';
import { RefusalNotice, useRefusalShown } from '../../parts/refusal-notice.tsx';
import type { RefusalPlace } from '../../till/refusals.ts';
import { useFacts, useView } from '../../till/till-context.tsx';
import { SaleNotices } from './sale-notices.tsx';

/**
 * The top of the sale: how many items, and in the same place the sentence when something was refused, or what the server
 * has changed in this sale. The room is kept, so that neither moves a line under a finger.
 */
export function SaleHeader({ paying }: { readonly paying: boolean }) {
  const elsewhere = useShownElsewhere(paying);
  const refused = useRefusalShown(elsewhere);
  const news = useFacts((facts) => (facts.sale?.notices.length ?? 0) > 0);
  return (
    <div className="flex min-h-18 shrink-0 flex-col justify-center border-b border-edge p-2">
      <RefusalNotice except={elsewhere} className="flex-1" />
      {!refused && (news ? <SaleNotices /> : <SaleSummary />)}
    </div>
  );
}

const EVERYWHERE: readonly RefusalPlace[] = ['sale', 'age', 'payment', 'receipts', 'sign_in', 'anywhere'];

/** While paying, the eye is on the amount due; the open age panel and an open list have room of their own. */
function useShownElsewhere(paying: boolean): readonly RefusalPlace[] {
  const listOpen = useView((view) => view.pane === 'receipts' || view.pane === 'print_queue');
  const searching = useView((view) => view.searchText !== '');
  const ageOpen = useFacts(
    (facts) => facts.sale?.age.outcome === 'needed' || facts.sale?.age.outcome === 'refused',
  );
  if (paying) return EVERYWHERE;
  const places: RefusalPlace[] = [];
  if (listOpen && !searching) places.push('receipts');
  if (ageOpen) places.push('age');
  return places;
}

function SaleSummary() {
  const sale = useFacts((facts) => facts.sale);
  const reprinted = useFacts((facts) => facts.reprinted);
  const lastSale = useFacts((facts) => facts.status?.lastSale);
  if (!sale) return null;
  return (
    <div className="flex items-center justify-between gap-2 px-2">
      <div>
        <h1 className="text-lg font-bold">{reprinted ? copyWords(reprinted) : countWords(sale)}</h1>
        {lastSale && <p className="text-sm text-muted">{lastSaleWords(lastSale)}</p>}
      </div>
      {sale.age.outcome === 'confirmed' && (
        <span
          data-testid="age-confirmed"
          className="flex items-center gap-1 text-sm whitespace-nowrap text-muted"
        >
          <ShieldCheck aria-hidden="true" className="size-4" />
          {sale.age.minimumAge}+ checked
        </span>
      )}
    </div>
  );
}

/** The next scan takes the change off the screen; who is still counting it finds it here. */
function lastSaleWords(sale: CompletedSale): string {
  return sale.method === 'cash'
    ? `Last change ${formatCents(sale.change)}`
    : `Last sale ${formatCents(sale.total)} by card`;
}

function countWords(sale: SaleView): string {
  if (sale.unitCount === 0) return 'New sale';
  return sale.unitCount === 1 ? '1 item' : `${sale.unitCount} items`;
}

function copyWords(job: PrintJob): string {
  return job.state === 'held' ? 'The copy waits for the printer' : 'A copy is being printed';
}
