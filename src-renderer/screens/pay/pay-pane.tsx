import { Banknote, CreditCard } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { formatDollars } from '#domain/money/format.ts';
import { figureSize } from '../../parts/figure-size.ts';
import { Keycap } from '../../parts/keycap.tsx';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';
import { useKeys } from '../../scanning/use-keys.ts';
import { useFacts, useTill, useView } from '../../till/till-context.tsx';
import { CardTender } from './card-tender.tsx';
import { CashTender } from './cash-tender.tsx';

/** Right, while paying: the amount due, and how it is paid. */
export function PayPane() {
  const till = useTill();
  const total = useFacts((facts) => facts.sale?.total);
  const tab = useView((view) => view.tenderTab);
  useKeys({
    Escape: () => void till.payment.leave(),
    F2: () => till.view.setState({ tenderTab: 'cash' }),
    F3: () => till.view.setState({ tenderTab: 'card' }),
  });
  if (total === undefined) return null;
  const due = formatDollars(total);
  return (
    <section aria-label="Payment" className="flex min-h-0 min-w-0 flex-col overflow-y-auto px-4 pt-2 pb-2">
      <h2 className="text-lg font-semibold text-muted">Amount due</h2>
      <p data-testid="amount-due" className={`font-bold tracking-tight ${figureSize(due)}`}>
        {due}
      </p>
      {/* Kept free for the sentence: the buttons below must not move under a finger. */}
      <div className="flex h-17 shrink-0 flex-col justify-center overflow-y-auto">
        <RefusalNotice />
      </div>
      <Tabs.Root
        value={tab}
        onValueChange={(chosen) => till.view.setState({ tenderTab: chosen === 'card' ? 'card' : 'cash' })}
        className="mt-2 flex flex-col gap-4"
      >
        <Tabs.List aria-label="How it is paid" className="grid grid-cols-2 gap-1 rounded-lg bg-pressed p-1">
          <Tabs.Trigger value="cash" className={TAB} aria-keyshortcuts="F2">
            <Banknote aria-hidden="true" className="size-6" />
            Cash
            <Keycap name="F2" />
          </Tabs.Trigger>
          <Tabs.Trigger value="card" className={TAB} aria-keyshortcuts="F3">
            <CreditCard aria-hidden="true" className="size-6" />
            Card
            <Keycap name="F3" />
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="cash">
          <CashTender total={total} />
        </Tabs.Content>
        <Tabs.Content value="card">
          <CardTender total={total} />
        </Tabs.Content>
      </Tabs.Root>
    </section>
  );
}

const TAB =
  'flex h-12 items-center justify-center gap-3 rounded-md text-lg font-semibold text-muted data-[state=active]:bg-surface data-[state=active]:text-ink data-[state=active]:shadow-sm';
