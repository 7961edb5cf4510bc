import type { Cents } from '#domain/money/cents.ts';
import { formatCents, formatDollars } from '#domain/money/format.ts';
import { useFacts } from '../../till/till-context.tsx';

/** Subtotal, deposit, tax and the total. No motion: figures that slide cannot be read. */
export function SaleTotals() {
  const sale = useFacts((facts) => facts.sale);
  if (!sale) return null;
  return (
    <dl className="shrink-0 border-t border-edge px-4 pt-2 pb-3" aria-label="Totals">
      <Row label="Subtotal" amount={sale.subtotal} testId="subtotal" />
      {sale.deposit !== 0 && <Row label="Deposit" amount={sale.deposit} testId="deposit" />}
      <Row label={taxLabel(sale.taxes)} amount={sale.tax} testId="tax" />
      <div className="mt-1 flex items-baseline justify-between gap-4">
        <dt className="text-lg font-bold">Total</dt>
        <dd className="text-2xl font-bold" data-testid="total" data-cents={sale.total}>
          {formatDollars(sale.total)}
        </dd>
      </div>
    </dl>
  );
}

interface RowProps {
  readonly label: string;
  readonly amount: Cents;
  readonly testId: string;
}

function Row({ label, amount, testId }: RowProps) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="min-w-0 truncate text-muted" title={label}>
        {label}
      </dt>
      <dd className="text-right" data-testid={testId} data-cents={amount}>
        {formatCents(amount)}
      </dd>
    </div>
  );
}

/** One tax by its name; several with their amounts behind the sum's name. */
function taxLabel(taxes: readonly { readonly label: string; readonly amount: Cents }[]): string {
  const [only, ...others] = taxes;
  if (!only) return 'Tax';
  if (others.length === 0) return only.label;
  return `Tax: ${taxes.map(({ label, amount }) => `${label} ${formatCents(amount)}`).join(' · ')}`;
}
