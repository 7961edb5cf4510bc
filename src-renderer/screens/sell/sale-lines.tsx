import { ScanBarcode } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { SaleLine } from '#main/api/views.ts';
import { useFacts, useView } from '../../till/till-context.tsx';
import { SaleLineRow } from './sale-line-row.tsx';

export function SaleLines() {
  const lines = useFacts((facts) => facts.sale?.lines);
  return lines && lines.length > 0 ? <FilledSale lines={lines} /> : <EmptySale />;
}

function FilledSale({ lines }: { readonly lines: readonly SaleLine[] }) {
  const selected = useView((view) => view.selectedLineId);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => keepSelectedInView(list.current), []);
  return (
    <ul
      ref={list}
      aria-label="Lines of the sale"
      data-testid="sale-lines"
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain py-1"
    >
      {lines.map((line) => (
        <SaleLineRow key={line.lineId} line={line} selected={line.lineId === selected} />
      ))}
    </ul>
  );
}

/** The age question takes room from the list: the line that it is about must not slide out of view. */
function keepSelectedInView(list: HTMLElement | null): (() => void) | undefined {
  if (!list) return undefined;
  const observer = new ResizeObserver(() => {
    list.querySelector('[data-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  observer.observe(list);
  return () => observer.disconnect();
}

function EmptySale() {
  return (
    <div
      data-testid="sale-lines"
      className="flex min-h-0 flex-1 flex-col items-center justify-center gap-3 px-8 text-center text-muted"
    >
      <ScanBarcode aria-hidden="true" className="size-16 opacity-60" strokeWidth={1.25} />
      <p className="text-lg font-semibold text-ink">Scan the first item</p>
      <p>Or type a part of its name, or tap a picture.</p>
    </div>
  );
}
