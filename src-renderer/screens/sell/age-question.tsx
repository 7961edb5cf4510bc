import { Delete } from 'lucide-react';
import type { SaleView } from '#main/api/views.ts';
import { dateParts, enteredDate, pressDate } from '../../entry/date-entry.ts';
import { eraseLast } from '../../entry/digits.ts';
import { Button } from '../../parts/button.tsx';
import { useFacts, useTill, useView } from '../../till/till-context.tsx';
import { usDate } from '../../words/dates.ts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;

/** Asks for the customer's birth date. Digits come here while it is open; scans go to the sale as ever. */
export function AgeQuestion({ age }: { readonly age: SaleView['age'] }) {
  const till = useTill();
  const digits = useView((view) => view.birthDateDigits);
  const entered = enteredDate(digits);
  const press = (key: string): void =>
    till.view.setState((view) => ({ birthDateDigits: pressDate(view.birthDateDigits, key) }));

  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-start justify-between gap-2 text-amber">
        <AskWords bornOnOrBefore={age.bornOnOrBefore} />
        <Button
          keyName="Esc"
          shortcut="Escape"
          onPress={() => till.view.setState({ birthDateOpen: false })}
          className="text-ink"
        >
          Later
        </Button>
      </div>
      <DateBoxes digits={digits} impossible={entered.state === 'impossible'} />
      <fieldset aria-label="Birth date" data-testid="date-pad" className="grid grid-cols-6 gap-2">
        {KEYS.map((key) => (
          <button key={key} type="button" className={PAD_KEY} onClick={() => press(key)}>
            {key}
          </button>
        ))}
        <button
          type="button"
          aria-label="Erase"
          aria-keyshortcuts="Backspace"
          className={`${PAD_KEY} col-span-2 flex items-center justify-center`}
          onClick={() => till.view.setState((view) => ({ birthDateDigits: eraseLast(view.birthDateDigits) }))}
        >
          <Delete aria-hidden="true" className="size-6" />
        </button>
      </fieldset>
      <Button
        look="act"
        keyName="Enter"
        disabled={entered.state !== 'complete'}
        onPress={() => entered.state === 'complete' && void till.sale.confirmAge(entered.date)}
        className="h-14"
        testId="confirm-age"
      >
        Confirm
      </Button>
    </div>
  );
}

/** The question, and in its place the sentence when the answer would not do: there is no room for both. */
function AskWords({ bornOnOrBefore }: { readonly bornOnOrBefore: string | null }) {
  const refusal = useFacts((facts) => (facts.refusal?.place === 'age' ? facts.refusal : null));
  return (
    <div role="alert">
      {refusal ? (
        <p key={refusal.number} data-testid="refusal" data-tone={refusal.tone} className="font-bold text-red">
          {refusal.message}
        </p>
      ) : (
        <p className="font-bold">Birth date on the ID?</p>
      )}
      {bornOnOrBefore !== null && <p className="text-sm">Born on or before {usDate(bornOnOrBefore)}</p>}
    </div>
  );
}

const PAD_KEY = 'h-12 rounded-lg border border-edge bg-surface text-lg font-semibold active:bg-pressed';

function DateBoxes({ digits, impossible }: { readonly digits: string; readonly impossible: boolean }) {
  const { month, day, year } = dateParts(digits);
  const box = (text: string, filled: boolean) => (
    <span className={filled ? 'text-ink' : 'text-muted'}>{text}</span>
  );
  return (
    <output
      data-testid="birth-date"
      data-digits={digits}
      className={`flex h-12 items-center justify-center gap-2 rounded-lg border-2 bg-surface text-xl font-semibold tracking-wide ${impossible ? 'border-red' : 'border-here'}`}
    >
      {box(month, digits.length >= 2)}
      <span className="text-muted">/</span>
      {box(day, digits.length >= 4)}
      <span className="text-muted">/</span>
      {box(year, digits.length >= 8)}
      {impossible && <span className="text-sm font-semibold text-red">no such day</span>}
    </output>
  );
}
