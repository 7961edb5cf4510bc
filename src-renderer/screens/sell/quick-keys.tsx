import { memo } from 'react';
import type { QuickKey } from '#main/api/views.ts';
import { formatCents } from '#domain/money/format.ts';
import { Picture } from '../../pictures/picture.tsx';
import { useFacts, useTill } from '../../till/till-context.tsx';

/** What sells all day, by picture. */
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
      className="grid grid-cols-[repeat(auto-fill,minmax(8.25rem,1fr))] gap-2 min-[1500px]:grid-cols-5"
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
      className="flex h-31 min-[1500px]:h-36 flex-col items-center justify-between rounded-lg border border-edge bg-surface px-2 py-2 active:border-here active:bg-here-soft"
    >
      <Picture name={quickKey.picture} className="size-14 min-[1500px]:size-18" />
      <span className="w-full text-center">
        <span className="block truncate font-semibold" title={quickKey.label}>
          {quickKey.label}
        </span>
        <span className="block text-sm text-muted">{formatCents(quickKey.price)}</span>
      </span>
    </button>
  );
}
