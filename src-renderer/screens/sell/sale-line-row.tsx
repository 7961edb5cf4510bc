import { memo, useLayoutEffect, useRef } from 'react';
import type { SaleLine } from '#main/api/views.ts';
import { formatCents } from '#domain/money/format.ts';
import { useTill } from '../../till/till-context.tsx';

interface SaleLineRowProps {
  readonly line: SaleLine;
  readonly selected: boolean;
}

/** One line. Memoised: a scan paints the line that it changed, not the nineteen above it. */
export const SaleLineRow = memo(function SaleLineRow({ line, selected }: SaleLineRowProps) {
  const till = useTill();
  const row = useRef<HTMLLIElement>(null);
  // Runs only when this line is painted again: when it was selected or has changed.
  useLayoutEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: 'nearest' });
  });

  const colours = line.barred
    ? 'border-red bg-red-soft'
    : selected
      ? 'border-here bg-here-soft'
      : 'border-transparent';
  return (
    <li
      ref={row}
      data-testid="sale-line"
      data-sku={line.sku}
      data-quantity={line.quantity}
      data-selected={selected}
      aria-current={selected}
    >
      <button
        type="button"
        tabIndex={-1}
        onClick={() => till.sale.select(line.lineId)}
        className={`grid min-h-14 w-full grid-cols-[3rem_1fr_auto] items-center gap-x-2 border-l-4 py-1.5 pr-4 pl-1 text-left ${colours}`}
      >
        <span className={`text-center font-bold ${quantityLook(line.quantity)}`}>{line.quantity}</span>
        <span className="line-clamp-2 font-medium break-words">
          {line.name}
          {line.barred && <span className="font-bold text-red"> · {line.minimumAge}+</span>}
        </span>
        <span className="text-right font-semibold">{formatCents(line.amount)}</span>
        {line.quantity > 1 && (
          <span className="col-start-2 text-sm text-muted">{formatCents(line.unitPrice)} each</span>
        )}
        {line.deposit !== 0 && (
          <>
            <span className="col-start-2 text-sm text-muted">Deposit</span>
            <span className="col-start-3 text-right text-sm text-muted">{formatCents(line.deposit)}</span>
          </>
        )}
      </button>
    </li>
  );
});

/** Four digits in the large size would touch the name. */
function quantityLook(quantity: number): string {
  if (quantity === 1) return 'text-lg text-muted';
  return quantity < 1_000 ? 'text-lg text-ink' : 'text-base text-ink';
}
