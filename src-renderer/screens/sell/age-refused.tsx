import { OctagonX } from 'lucide-react';
import type { SaleLine, SaleView } from '#main/api/views.ts';
import { Button } from '../../parts/button.tsx';
import { useKeys } from '../../scanning/use-keys.ts';
import { useFacts, useTill } from '../../till/till-context.tsx';

/** Too young. What is left to do is named, and done with one press. */
export function AgeRefused({ age }: { readonly age: SaleView['age'] }) {
  const till = useTill();
  const lines = useFacts((facts) => facts.sale?.lines);
  const removeRestricted = (): void => void till.sale.removeRestricted();
  useKeys({ F3: removeRestricted });
  const barred = lines?.filter((line) => line.barred) ?? [];
  return (
    <div className="text-red" role="alert">
      <p className="flex items-center gap-3 font-bold">
        <OctagonX aria-hidden="true" className="size-6 shrink-0" />
        <span data-testid="refusal" data-tone="stop">
          Under {age.minimumAge}: remove {nameOf(barred)} or cancel.
        </span>
      </p>
      <div className="mt-2 flex gap-2">
        <Button
          look="danger"
          keyName="F3"
          onPress={removeRestricted}
          className="h-14 flex-1"
          testId="remove-restricted"
        >
          {barred.length === 1 ? 'Remove it' : `Remove ${barred.length} lines`}
        </Button>
        <Button
          keyName="F2"
          onPress={() => till.view.setState({ birthDateOpen: true, birthDateDigits: '' })}
          className="h-14 text-ink"
        >
          Correct date
        </Button>
      </div>
    </div>
  );
}

function nameOf(barred: readonly SaleLine[]): string {
  const [only, ...others] = barred;
  return only && others.length === 0 ? only.name : `the ${barred.length} marked lines`;
}
