import { useFacts, useView } from '../../till/till-context.tsx';
import { AgePanel } from './age-panel.tsx';
import { LineControls } from './line-controls.tsx';
import { SaleHeader } from './sale-header.tsx';
import { SaleLines } from './sale-lines.tsx';
import { SaleTotals } from './sale-totals.tsx';

/** Left: what is being sold and what it costs. */
export function SaleColumn({ paying }: { readonly paying: boolean }) {
  const asking = useView((view) => view.birthDateOpen);
  const empty = useFacts((facts) => facts.sale?.lines.length === 0);
  return (
    <section
      aria-label="Sale"
      className="flex min-h-0 min-w-0 flex-col border-r border-edge bg-surface"
      data-testid="sale-column"
    >
      <SaleHeader paying={paying} />
      <SaleLines />
      {!paying && !asking && !empty && <LineControls />}
      {!paying && <AgePanel />}
      <SaleTotals />
    </section>
  );
}
