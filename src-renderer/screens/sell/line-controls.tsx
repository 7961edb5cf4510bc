import { Minus, Plus, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Keycap } from '../../parts/keycap.tsx';
import { useFacts, useTill, useView } from '../../till/till-context.tsx';

/** Acts on the selected line from a place that never moves, so that a finger can tap "one more" six times. */
export function LineControls() {
  const till = useTill();
  const selected = useView((view) => view.selectedLineId);
  const line = useFacts((facts) => facts.sale?.lines.find(({ lineId }) => lineId === selected));
  if (!line) return null;
  return (
    <fieldset
      aria-label={`Change ${line.name}`}
      className="flex shrink-0 items-stretch gap-2 border-t border-edge bg-raised p-2"
      data-testid="line-controls"
    >
      <Control label="One less" disabled={line.quantity === 1} onPress={() => void till.sale.step(-1)}>
        <Minus aria-hidden="true" className="size-6" />
      </Control>
      <button
        type="button"
        aria-label={`Quantity ${line.quantity}: change it`}
        aria-keyshortcuts="*"
        data-testid="quantity"
        onClick={() => till.view.setState({ pane: 'quantity', quantityDigits: '' })}
        className="flex h-14 flex-1 items-center justify-center gap-2 rounded-lg border border-strong-edge bg-surface px-1 text-lg font-bold active:bg-pressed"
      >
        {line.quantity.toLocaleString('en-US')}
        <Keycap name="*" />
      </button>
      <Control label="One more" onPress={() => void till.sale.step(1)}>
        <Plus aria-hidden="true" className="size-6" />
      </Control>
      <button
        type="button"
        aria-label={`Remove ${line.name}`}
        aria-keyshortcuts="Delete"
        data-testid="remove-line"
        onClick={() => void till.sale.remove()}
        className="flex h-14 items-center justify-center gap-2 rounded-lg border border-edge bg-surface px-3 font-semibold text-red active:bg-pressed"
      >
        <Trash2 aria-hidden="true" className="size-5" />
        <Keycap name="Del" />
      </button>
    </fieldset>
  );
}

interface ControlProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function Control({ label, disabled = false, onPress, children }: ControlProps) {
  return (
    <button
      type="button"
      aria-label={label}
      disabled={disabled}
      onClick={onPress}
      className="flex h-14 w-16 items-center justify-center rounded-lg border border-edge bg-surface active:bg-pressed disabled:border-dashed disabled:bg-transparent disabled:text-muted disabled:opacity-60"
    >
      {children}
    </button>
  );
}
