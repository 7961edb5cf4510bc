import { Delete } from 'lucide-react';

const ROWS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

interface NumberPadProps {
  readonly label: string;
  readonly onPress: (digits: string) => void;
  readonly onErase: () => void;
  /** The key left of the zero. */
  readonly corner: '00' | 'clear';
  readonly onClear?: () => void;
  /** Height of a key: 72 px where nothing else matters, 48 px where room is short. */
  readonly size?: 'large' | 'medium' | 'small';
  readonly testId?: string;
}

const HEIGHT = { large: 'h-18 text-xl', medium: 'h-14 text-lg', small: 'h-12 text-lg' } as const;

/** A telephone-like pad, as on every till. The keyboard's digits do the same without it. */
export function NumberPad(props: NumberPadProps) {
  const key = `rounded-lg border border-edge bg-surface font-semibold active:bg-pressed ${HEIGHT[props.size ?? 'medium']}`;
  const press = (digits: string) => (
    <button key={digits} type="button" className={key} onClick={() => props.onPress(digits)}>
      {digits}
    </button>
  );
  return (
    <fieldset aria-label={props.label} data-testid={props.testId} className="grid grid-cols-3 gap-2">
      {ROWS.map(press)}
      {props.corner === '00' ? (
        press('00')
      ) : (
        <button type="button" className={`${key} text-base!`} onClick={props.onClear}>
          Clear
        </button>
      )}
      {press('0')}
      <button
        type="button"
        aria-label="Erase"
        aria-keyshortcuts="Backspace"
        className={`${key} flex items-center justify-center`}
        onClick={props.onErase}
      >
        <Delete aria-hidden="true" className="size-6" />
      </button>
    </fieldset>
  );
}
