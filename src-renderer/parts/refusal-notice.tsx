import { CircleAlert, OctagonX } from 'lucide-react';
import type { RefusalPlace } from '../till/refusals.ts';
import { useFacts } from '../till/till-context.tsx';

interface RefusalNoticeProps {
  /** Shows only refusals that belong here, or, with `except`, all that belong nowhere else on this screen. */
  readonly only?: readonly RefusalPlace[];
  readonly except?: readonly RefusalPlace[];
  readonly className?: string;
}

/** The sentence that says why something was not done and what to do. Goes away with the next thing that succeeds. */
export function RefusalNotice({ only, except = [], className = '' }: RefusalNoticeProps) {
  const refusal = useFacts((facts) => facts.refusal);
  const shown =
    refusal !== null && (only ? only.includes(refusal.place) : !except.includes(refusal.place))
      ? refusal
      : null;
  const colours =
    shown?.tone === 'stop'
      ? 'bg-red-soft text-red border-red/40'
      : 'bg-amber-soft text-amber border-amber/40';
  const Sign = shown?.tone === 'stop' ? OctagonX : CircleAlert;
  return (
    // The live region stays when it is empty: a reader announces changes of a region it knows.
    <div role="alert" className={shown ? className : 'contents'}>
      {shown && (
        <p
          key={shown.number}
          data-testid="refusal"
          data-tone={shown.tone}
          className={`flex min-h-full items-center gap-3 rounded-lg border px-3 py-2 font-semibold ${colours}`}
        >
          <Sign aria-hidden="true" className="size-6 shrink-0" />
          <span>{shown.message}</span>
        </p>
      )}
    </div>
  );
}

/** Whether {@link RefusalNotice} with the same `except` shows something. */
export function useRefusalShown(except: readonly RefusalPlace[]): boolean {
  return useFacts((facts) => facts.refusal !== null && !except.includes(facts.refusal.place));
}
