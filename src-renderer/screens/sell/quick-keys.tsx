import { memo } from 'react';
import type { QuickKey } from '#main/api/views.ts';
import { formatCents } from '#domain/money/format.ts';
import { Picture } from '../../pictures/picture.tsx';
import { useFacts, useTill } from '../../till/till-context.tsx';

/** What sells all day, by picture: two dozen of them without scrolling, on the smallest screen too. */
export const QuickKeys = memo(function QuickKeys() {
  const keys = useFacts((facts) => facts.quickKeys);
  if (keys.length === 0) {
    return (
      <p className="px-8 py-12 text-center text-muted">
        No quick keys are set up. Type a part of a name to find an item.
      </p>
    );
  }
  return (
    <fieldset
      aria-label="Quick keys"
      className="grid h-full auto-rows-[minmax(5rem,6.5rem)] grid-cols-4 gap-2 min-[1500px]:auto-rows-[minmax(5rem,9.5rem)] min-[1500px]:grid-cols-5"
    >
      {keys.map((key) => (
        <QuickKeyButton key={key.sku} quickKey={key} />
      ))}
    </fieldset>
  );
});

function QuickKeyButton({ quickKey }: { readonly quickKey: QuickKey }) {
  const till = useTill();
  return (
    <button
      type="button"
      data-testid="quick-key"
      data-sku={quickKey.sku}
      onClick={() => void till.sale.add(quickKey.sku)}
      className="flex min-w-0 items-center gap-1 rounded-lg border border-edge bg-surface py-1.5 pr-1.5 pl-0.5 text-left min-[1500px]:px-1 active:border-here active:bg-here-soft min-[1500px]:flex-col min-[1500px]:text-center"
    >
      <Picture
        name={quickKey.picture}
        className="size-10 shrink-0 min-[1500px]:size-auto min-[1500px]:min-h-9 min-[1500px]:flex-1"
      />
      <span className="min-w-0 flex-1 shrink-0 min-[1500px]:w-full min-[1500px]:flex-none">
        <span className="line-clamp-2 text-sm leading-tight font-semibold break-words">{quickKey.label}</span>
        <span className="block text-sm text-muted">{formatCents(quickKey.price)}</span>
      </span>
    </button>
  );
}
