import { useEffect, useRef } from 'react';
import type { ItemSummary } from '#main/api/views.ts';
import { formatCents } from '#domain/money/format.ts';
import { Keycap } from '../../parts/keycap.tsx';
import { Picture } from '../../pictures/picture.tsx';
import { useTill, useView } from '../../till/till-context.tsx';

export function SearchResults() {
  const results = useView((view) => view.results);
  const active = useView((view) => view.activeResult);
  const answered = useView((view) => view.resultsFor === view.searchText);
  if (results.length === 0) return answered ? <NothingFound /> : null;
  return (
    <>
      <output className="sr-only">{activeWords(results[active], results.length)}</output>
      <ul aria-label="Items found" className="flex flex-col gap-2 p-1">
        {results.map((item, index) => (
          <li key={item.sku}>
            <Result item={item} active={index === active} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** What a screen reader says while the arrow keys move in the search field. */
function activeWords(item: ItemSummary | undefined, count: number): string {
  return item ? `${item.name}, ${formatCents(item.price)}. ${count} found. Enter adds it.` : '';
}

function Result({ item, active }: { readonly item: ItemSummary; readonly active: boolean }) {
  const till = useTill();
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (active) row.current?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    // Not in the Tab order: the field keeps the focus, and its arrow keys move what Enter adds.
    <button
      ref={row}
      type="button"
      tabIndex={-1}
      aria-current={active}
      data-testid="search-result"
      data-sku={item.sku}
      onClick={() => void till.sale.add(item.sku)}
      className={`flex min-h-16 w-full items-center text-left gap-3 rounded-lg border bg-surface px-3 py-2 active:bg-pressed ${active ? 'border-here outline-2 outline-here' : 'border-edge'}`}
    >
      <Picture name={item.picture} className="size-10 shrink-0" />
      <span className="min-w-0 flex-1">
        <span className="line-clamp-2 font-semibold">{item.name}</span>
        <span className="block truncate text-sm text-muted">
          {item.sku} · {stockWords(item.onHand)}
          {item.minimumAge !== null && ` · ${item.minimumAge}+`}
        </span>
      </span>
      <span className="text-lg font-semibold">{formatCents(item.price)}</span>
      <span className={active ? '' : 'invisible'}>
        <Keycap name="Enter" />
      </span>
    </button>
  );
}

function stockWords(onHand: number): string {
  return onHand > 0 ? `${onHand.toLocaleString('en-US')} in stock` : 'none in stock';
}

function NothingFound() {
  const text = useView((view) => view.searchText);
  return (
    <output className="px-4 py-12 text-center text-muted">
      <p className="text-lg font-semibold break-words text-ink">Nothing is called “{text}”</p>
      <p>Try fewer letters, or a part of the brand, size or SKU.</p>
      <p>Typed a barcode? Enter looks it up.</p>
    </output>
  );
}
