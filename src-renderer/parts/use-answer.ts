import { useEffect, useEffectEvent, useState } from 'react';
import type { TillStatus } from '#main/api/views.ts';
import { useTill } from '../till/till-context.tsx';

/**
 * Asks the terminal when the component comes up and again whenever `about` reads differently in the till's status.
 * @param about the part of the status that the answer depends on, as text
 * @returns undefined until the first answer; a refused question keeps the answer before it
 */
export function useAnswer<Answer>(
  ask: () => Promise<Answer | undefined>,
  about: (status: TillStatus) => string,
): Answer | undefined {
  const till = useTill();
  const [answer, setAnswer] = useState<Answer>();
  const askNow = useEffectEvent(ask);
  const aboutNow = useEffectEvent((status: TillStatus | null) => (status ? about(status) : ''));
  useEffect(() => {
    let latest = 0;
    const renew = (): void => {
      latest += 1;
      const number = latest;
      void askNow().then((fresh) => {
        if (number === latest && fresh !== undefined) setAnswer(() => fresh);
      });
    };
    renew();
    const stop = till.facts.subscribe((now, before) => {
      if (now.status !== before.status && aboutNow(now.status) !== aboutNow(before.status)) renew();
    });
    return () => {
      latest = Number.NaN;
      stop();
    };
  }, [till]);
  return answer;
}
