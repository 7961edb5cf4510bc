import type { ReactNode } from 'react';
import { Keycap } from './keycap.tsx';

type Look = 'act' | 'plain' | 'danger';

const LOOKS: Readonly<Record<Look, string>> = {
  act: 'bg-act text-on-act active:bg-act-pressed disabled:bg-pressed disabled:text-muted',
  plain:
    'bg-surface text-ink border border-edge active:bg-pressed disabled:text-muted disabled:bg-transparent disabled:border-dashed',
  danger:
    'bg-red-soft text-red border border-red/40 active:bg-pressed disabled:text-muted disabled:bg-transparent',
};

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly look?: Look;
  /** The key that does the same, as it stands on the keyboard. */
  readonly keyName?: string;
  /** `aria-keyshortcuts` value when it differs from the name on the cap: `Escape` for `Esc`. */
  readonly shortcut?: string;
  readonly label?: string;
  readonly disabled?: boolean;
  /** Added to the look: size and place. */
  readonly className?: string;
  readonly testId?: string;
}

/** 44 px high at least, 56 px and more where it is pressed all day (by `className`). */
export function Button(props: ButtonProps) {
  const { look = 'plain', keyName, shortcut = keyName, className = '' } = props;
  return (
    <button
      type="button"
      aria-label={props.label}
      aria-keyshortcuts={shortcut}
      disabled={props.disabled}
      onClick={props.onPress}
      data-testid={props.testId}
      className={`flex min-h-11 items-center justify-center gap-2 rounded-lg px-3 font-semibold ${LOOKS[look]} ${className}`}
    >
      {props.children}
      {keyName !== undefined && <Keycap name={keyName} />}
    </button>
  );
}
