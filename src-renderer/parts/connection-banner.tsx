import { Unplug } from 'lucide-react';
import { useFacts } from '../till/till-context.tsx';

/**
 * The screen has lost the terminal process. Nothing is lost with it: the sale is in the terminal, and the screen finds it again.
 * Lies over the state line, whose words are old now, and so moves nothing.
 */
export function ConnectionBanner() {
  const lost = useFacts((facts) => facts.connection === 'lost');
  return (
    <output className="contents">
      {lost && (
        <span
          data-testid="connection-banner"
          className="absolute inset-0 flex items-center justify-center gap-3 bg-amber-soft px-4 text-base font-semibold text-amber"
        >
          <Unplug aria-hidden="true" className="size-5 shrink-0" />
          The till is not answering. The sale is kept; this screen tries again by itself.
        </span>
      )}
    </output>
  );
}
