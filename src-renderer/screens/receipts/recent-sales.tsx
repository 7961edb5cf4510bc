import { useState } from 'react';
import type { CompletedSale, PrintJob } from '#main/api/views.ts';
import { formatCents } from '#domain/money/format.ts';
import { Button } from '../../parts/button.tsx';
import { useAnswer } from '../../parts/use-answer.ts';
import { useListArrows } from '../../parts/use-list-arrows.ts';
import { useNow } from '../../parts/use-now.ts';
import { useTill } from '../../till/till-context.tsx';
import { clockTime } from '../../words/dates.ts';

/** The last sales of this till, newest first; a copy of each can be printed. */
export function RecentSales() {
  const till = useTill();
  const sales = useAnswer(
    () => till.receipts.recent(),
    (status) => status.lastSale?.orderId ?? '',
  );
  const list = useListArrows<HTMLUListElement>(sales !== undefined && sales.length > 0);
  if (!sales) return null;
  if (sales.length === 0) {
    return <p className="py-8 text-center text-muted">No sale yet. Finished sales stand here for a copy.</p>;
  }
  return (
    <ul {...list} aria-label="Recent sales" className="flex flex-col gap-2">
      {sales.map((sale) => (
        <RecentSale key={sale.orderId} sale={sale} />
      ))}
    </ul>
  );
}

function RecentSale({ sale }: { readonly sale: CompletedSale }) {
  const till = useTill();
  const now = useNow();
  const [copy, setCopy] = useState<PrintJob>();
  return (
    <li
      data-testid="recent-sale"
      data-order={sale.orderId}
      className="grid min-h-16 grid-cols-[1fr_auto_auto] items-center gap-4 rounded-lg border border-edge bg-surface py-2 pr-2 pl-4"
    >
      <span className="min-w-0">
        <span className="block truncate font-semibold">{sale.receiptNumber}</span>
        <span className="block text-sm text-muted">
          {clockTime(sale.completedAt, now)} · {sale.method}
          {copy && (copy.state === 'held' ? ' · copy waits for the printer' : ' · copy printing')}
        </span>
      </span>
      <span className="text-right text-lg font-semibold">{formatCents(sale.total)}</span>
      <Button
        onPress={() => void till.receipts.reprint(sale.orderId).then(setCopy)}
        className="h-12"
        label={`Reprint ${sale.receiptNumber}`}
        testId="reprint"
      >
        Reprint
      </Button>
    </li>
  );
}
