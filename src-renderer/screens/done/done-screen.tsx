import { CircleCheck } from 'lucide-react';
import type { CompletedSale } from '#main/api/views.ts';
import { formatCents, formatDollars } from '#domain/money/format.ts';
import { Button } from '../../parts/button.tsx';
import { figureSize } from '../../parts/figure-size.ts';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';
import { useKeys } from '../../scanning/use-keys.ts';
import { useTyping } from '../../scanning/use-typing.ts';
import { useFacts, useTill } from '../../till/till-context.tsx';
import { PrintState } from './print-state.tsx';

/** Only ever shown for a sale that is on the disk. */
export function DoneScreen() {
  const completed = useFacts((facts) => facts.completed);
  return completed && <Done sale={completed} />;
}

function Done({ sale }: { readonly sale: CompletedSale }) {
  const till = useTill();
  const newSale = (): void => till.payment.newSale();
  const reprint = (): void => void till.receipts.reprint(sale.orderId);
  useKeys({ Enter: newSale, Escape: newSale, F8: reprint });
  useTyping((character) => {
    // Whoever types already looks for the first item of the next sale.
    newSale();
    if (character !== ' ') void till.search.type(character);
    return true;
  });

  return (
    <>
      <section
        aria-label="Sale finished"
        className="flex min-h-0 flex-1 flex-col items-center justify-center gap-6 overflow-y-auto p-6"
      >
        <div className="flex flex-col items-center" aria-live="polite">
          <p className="flex items-center gap-3 text-xl font-semibold">
            <CircleCheck aria-hidden="true" className="size-8 text-act" />
            {heading(sale)}
          </p>
          <MainFigure sale={sale} />
        </div>
        <Figures sale={sale} />
        <PrintState />
        <RefusalNotice className="w-full max-w-lg" />
      </section>
      <nav
        aria-label="Actions"
        className="grid h-22 shrink-0 grid-cols-[minmax(0,2fr)_minmax(0,3fr)] border-t border-edge bg-surface"
      >
        <div className="border-r border-edge p-3">
          <Button keyName="F8" onPress={reprint} className="h-16 w-full text-lg" testId="reprint">
            Reprint
          </Button>
        </div>
        <div className="px-4 py-3">
          <Button
            look="act"
            keyName="Enter"
            onPress={newSale}
            className="h-16 w-full gap-4 text-xl"
            testId="new-sale"
          >
            New sale
          </Button>
        </div>
      </nav>
    </>
  );
}

function heading(sale: CompletedSale): string {
  if (sale.method === 'card') return 'Paid by card';
  return sale.change === 0 ? 'Exact cash' : 'Change';
}

/** What the cashier does next: hand out so much, or nothing. A zero as large as the change would read like an error. */
function MainFigure({ sale }: { readonly sale: CompletedSale }) {
  if (sale.method === 'cash' && sale.change === 0) {
    return (
      <p
        data-testid="change"
        data-cents={sale.change}
        className="flex h-26 items-center gap-4 text-2xl font-bold"
      >
        No change <span className="font-medium text-muted">{formatCents(sale.change)}</span>
      </p>
    );
  }
  const amount = sale.method === 'cash' ? sale.change : sale.total;
  const figure = formatDollars(amount);
  return (
    <p
      data-testid={sale.method === 'cash' ? 'change' : 'paid'}
      data-cents={amount}
      className={`font-bold tracking-tight ${figureSize(figure)}`}
    >
      {figure}
    </p>
  );
}

function Figures({ sale }: { readonly sale: CompletedSale }) {
  return (
    <dl className="grid w-full max-w-lg grid-cols-[auto_1fr] gap-x-8 gap-y-2 rounded-lg border border-edge bg-surface px-6 py-4 text-lg">
      <dt className="text-muted">Total</dt>
      <dd className="text-right font-semibold" data-testid="done-total">
        {formatCents(sale.total)}
      </dd>
      {sale.method === 'cash' && (
        <>
          <dt className="text-muted">Cash received</dt>
          <dd className="text-right font-semibold" data-testid="done-tendered">
            {formatCents(sale.tendered)}
          </dd>
        </>
      )}
      <dt className="text-muted">Receipt</dt>
      <dd className="text-right font-semibold" data-testid="receipt-number">
        {sale.receiptNumber}
      </dd>
    </dl>
  );
}
