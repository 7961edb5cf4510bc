import { Unplug } from 'lucide-react';
import { useFacts } from '../till/till-context.tsx';

/** The screen has lost the terminal process. Nothing is lost with it: the sale is in the terminal, and the screen finds it again. */
export function ConnectionBanner() {
  const lost = useFacts((facts) => facts.connection === 'lost');
  return (
    <output className="contents">
      {lost && (
        <p
          data-testid="connection-banner"
          className="flex shrink-0 items-center justify-center gap-3 border-b border-amber/40 bg-amber-soft px-4 py-2 font-semibold text-amber"
        >
          <Unplug aria-hidden="true" className="size-5 shrink-0" />
          The till is not answering. The sale is kept; this screen tries again by itself.
        </p>
      )}
    </output>
  );
}
