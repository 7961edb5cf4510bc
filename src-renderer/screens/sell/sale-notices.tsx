import { Tag } from 'lucide-react';
import type { SaleNotice } from '#main/api/sale-notice.ts';
import { assertNever } from '#domain/assert-never.ts';
import { formatCents } from '#domain/money/format.ts';
import { Button } from '../../parts/button.tsx';
import { useFacts, useTill } from '../../till/till-context.tsx';

/** What the server changed in this sale while it was rung up. Nothing in it changes its price without standing here. */
export function SaleNotices() {
  const till = useTill();
  const notices = useFacts((facts) => facts.sale?.notices) ?? [];
  return (
    <div
      aria-live="polite"
      data-testid="sale-notices"
      className="flex min-h-full flex-1 items-center gap-3 rounded-lg border border-amber/40 bg-amber-soft py-1 pr-1 pl-3 text-amber"
    >
      <Tag aria-hidden="true" className="size-6 shrink-0" />
      <ul className={`min-w-0 flex-1 ${notices.length > 1 ? 'max-h-16 overflow-y-auto text-sm' : ''}`}>
        {notices.map((notice) => (
          <li key={`${notice.kind} ${notice.sku}`} className="font-semibold">
            {noticeWords(notice)}
          </li>
        ))}
      </ul>
      <Button
        onPress={() => void till.sale.dismissNotices()}
        className="h-12 shrink-0"
        testId="dismiss-notices"
        label="OK, I have read it"
      >
        OK
      </Button>
    </div>
  );
}

function noticeWords(notice: SaleNotice): string {
  switch (notice.kind) {
    case 'price':
      return `New price ${formatCents(notice.to)}, was ${formatCents(notice.from)}: ${notice.name}`;
    case 'deposit':
      return `New deposit ${formatCents(notice.to)}, was ${formatCents(notice.from)}: ${notice.name}`;
    case 'tax':
      return `New tax rate: ${notice.name}`;
    case 'withdrawn':
      return `Taken off, no longer sold: ${notice.name}`;
    default:
      return assertNever(notice);
  }
}
