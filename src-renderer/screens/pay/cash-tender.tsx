import { useLayoutEffect, useRef, useState } from 'react';
import { assertNever } from '#domain/assert-never.ts';
import type { Cents } from '#domain/money/cents.ts';
import { formatCents, formatDollars } from '#domain/money/format.ts';
import { type CashEntry, cashEntry, pressCash, tenderable } from '../../entry/cash-entry.ts';
import { eraseLast } from '../../entry/digits.ts';
import { SETTLING_MS, isEnterMeant } from '../../entry/settling.ts';
import { Button } from '../../parts/button.tsx';
import { Keycap } from '../../parts/keycap.tsx';
import { NumberPad } from '../../parts/number-pad.tsx';
import { useKeys } from '../../scanning/use-keys.ts';
import { useTyping } from '../../scanning/use-typing.ts';
import type { Till } from '../../till/till.ts';
import { useFacts, useTill, useView } from '../../till/till-context.tsx';

/** Keys of the next notes, in the order of the buttons; the exact amount has Enter. */
const NOTE_KEYS = ['F4', 'F5', 'F6', 'F7'] as const;

function press(till: Till, pressed: string): void {
  till.view.setState((view) => ({ cashDigits: pressCash(view.cashDigits, pressed) }));
}

function erase(till: Till): void {
  till.view.setState((view) => ({ cashDigits: eraseLast(view.cashDigits) }));
}

export function CashTender({ total }: { readonly total: Cents }) {
  const till = useTill();
  const digits = useView((view) => view.cashDigits);
  const busy = useFacts((facts) => facts.underWay !== null);
  const entry = cashEntry(digits);
  const nothing = entry.state === 'nothing';
  const enough = tenderable(digits, total);
  const { settled, isMeant } = useSettling();

  const take = (amount: Cents): void => void till.payment.tenderCash(amount);
  useTyping((character) => {
    press(till, character);
    return true;
  });
  useKeys({
    Enter: (event) => {
      const typed = till.view.getState().cashDigits;
      const amount = tenderable(typed, total);
      if (amount !== null && isMeant(typed, event)) take(amount);
    },
    Backspace: () => erase(till),
    Delete: () => till.view.setState({ cashDigits: '' }),
  });

  return (
    <div className="grid grid-cols-2 gap-4">
      <div className="flex flex-col gap-2">
        <Button
          look={nothing ? 'act' : 'plain'}
          {...(nothing && settled ? { shortcut: 'Enter' } : {})}
          disabled={busy}
          onPress={() => take(total)}
          className="h-20 text-lg"
          testId="tender-exact"
        >
          Exact {formatCents(total)}
          {nothing && (
            // Its room is kept: the amount must not move when the key begins to work.
            <span className={settled ? 'flex' : 'invisible flex'}>
              <Keycap name="Enter" />
            </span>
          )}
        </Button>
        <NextNotes total={total} onTake={take} disabled={busy} />
      </div>
      <div className="flex flex-col gap-2">
        <output
          data-testid="cash-entry"
          className="flex h-14 items-center justify-end rounded-lg border-2 border-strong-edge bg-surface px-4 text-xl font-bold"
        >
          {entryWords(entry)}
        </output>
        <NumberPad
          label="Cash received"
          corner="00"
          size="small"
          onPress={(pressed) => press(till, pressed)}
          onErase={() => erase(till)}
        />
        <Button
          look="act"
          {...(nothing || enough === null ? {} : { keyName: 'Enter' })}
          disabled={busy || nothing || enough === null}
          onPress={() => enough !== null && take(enough)}
          className="h-14 text-lg"
          testId="tender-typed"
        >
          {takeWords(entry, enough)}
        </Button>
      </div>
    </div>
  );
}

/** Keeps the Enter that opened the payment, bouncing or tapped twice, from taking the exact amount. */
function useSettling() {
  const shownAt = useRef(Infinity);
  const [settled, setSettled] = useState(false);
  useLayoutEffect(() => {
    // The clock of the events: a key is judged by when it went down, not by when a busy page heard of it.
    shownAt.current = performance.now();
    const timer = setTimeout(() => setSettled(true), SETTLING_MS);
    return () => clearTimeout(timer);
  }, []);
  const isMeant = (digits: string, event: KeyboardEvent): boolean =>
    isEnterMeant({ digits, shownAt: shownAt.current, pressedAt: event.timeStamp });
  return { settled, isMeant };
}

function entryWords(entry: CashEntry) {
  switch (entry.state) {
    case 'nothing':
      return <span className="text-base font-medium text-muted">or type what you were given</span>;
    case 'amount':
      return formatDollars(entry.amount);
    case 'too_long':
      return <span className="text-base font-semibold text-red">Too many digits: Del clears</span>;
    default:
      return assertNever(entry);
  }
}

function takeWords(entry: CashEntry, enough: Cents | null): string {
  if (entry.state !== 'amount') return 'Take cash';
  return enough === null ? 'Not enough yet' : `Take ${formatCents(entry.amount)}`;
}

interface NextNotesProps {
  readonly total: Cents;
  readonly disabled: boolean;
  readonly onTake: (amount: Cents) => void;
}

/** What a customer would hand over: one press takes it. */
function NextNotes({ total, disabled, onTake }: NextNotesProps) {
  const quickCash = useFacts((facts) => facts.sale?.quickCash);
  const notes = quickCash?.filter((amount) => amount !== total).slice(0, NOTE_KEYS.length) ?? [];
  const takeNote = (index: number): void => {
    const amount = notes[index];
    if (amount !== undefined && !disabled) onTake(amount);
  };
  useKeys(Object.fromEntries(NOTE_KEYS.map((key, index) => [key, () => takeNote(index)])));
  return notes.map((amount, index) => (
    <Button
      key={amount}
      keyName={NOTE_KEYS[index] ?? ''}
      disabled={disabled}
      onPress={() => takeNote(index)}
      className="h-14 text-lg"
      testId="quick-cash"
    >
      {formatCents(amount)}
    </Button>
  ));
}
