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
      <Row label={taxLabel(sale.taxes)} detail={taxDetail(sale.taxes)} amount={sale.tax} testId="tax" />
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
  /** More about it, for who points at it. */
  readonly detail?: string;
  readonly amount: Cents;
  readonly testId: string;
}

function Row({ label, detail = label, amount, testId }: RowProps) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="min-w-0 truncate text-muted" title={detail}>
        {label}
      </dt>
      <dd className="text-right" data-testid={testId} data-cents={amount}>
        {formatCents(amount)}
      </dd>
    </div>
  );
}

type Taxes = readonly { readonly label: string; readonly amount: Cents }[];

/** One tax by its name; several are one figure here and stand one by one on the receipt. */
function taxLabel(taxes: Taxes): string {
  const [only, ...others] = taxes;
  return only && others.length === 0 ? only.label : 'Tax';
}

function taxDetail(taxes: Taxes): string {
  return taxes.map(({ label, amount }) => `${label}: ${formatCents(amount)}`).join('\n');
}
