import { useEffect, useRef } from 'react';
import type { Cents } from '#domain/money/cents.ts';
import { formatDollars } from '#domain/money/format.ts';
import { Button } from '../../parts/button.tsx';
import { useKeys } from '../../scanning/use-keys.ts';
import { useTyping } from '../../scanning/use-typing.ts';
import { typeInto } from '../../scanning/type-into.ts';
import { useFacts, useTill, useView } from '../../till/till-context.tsx';

/** A card on a terminal of its own: its approval code is what joins the two. */
export function CardTender({ total }: { readonly total: Cents }) {
  const till = useTill();
  const code = useView((view) => view.approvalCode);
  const busy = useFacts((facts) => facts.underWay !== null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const approve = (): void => void till.payment.tenderCard(till.view.getState().approvalCode.trim());
  useTyping((character) => {
    if (field.current) {
      field.current.focus();
      typeInto(field.current, character);
    }
    return true;
  });
  useKeys({ Enter: approve });

  return (
    <div className="flex max-w-lg flex-col gap-4">
      <ol className="flex list-decimal flex-col gap-1 pl-6 text-lg">
        <li>
          Take <strong>{formatDollars(total)}</strong> on the card terminal.
        </li>
        <li>Type or scan the approval code from its slip.</li>
      </ol>
      <label className="flex flex-col gap-1 font-semibold">
        Approval code
        <input
          ref={field}
          data-testid="approval-code"
          type="text"
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
          value={code}
          onChange={(event) => till.view.setState({ approvalCode: event.target.value })}
          className="h-16 rounded-lg border-2 border-strong-edge bg-surface px-4 text-xl font-bold tracking-wide select-text"
        />
      </label>
      <Button
        look="act"
        keyName="Enter"
        disabled={busy}
        onPress={approve}
        className="h-16 text-lg"
        testId="tender-card"
      >
        Approved
      </Button>
    </div>
  );
}
