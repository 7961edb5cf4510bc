import type { SaleView } from '#main/api/views.ts';
import { useFacts, useView } from '../../till/till-context.tsx';
import { AgeQuestion } from './age-question.tsx';
import { AgeRefused } from './age-refused.tsx';
import { AgeWaiting } from './age-waiting.tsx';

/** The age check stands in the sale, not in front of it: scanning goes on while the customer looks for the ID. */
export function AgePanel() {
  const age = useFacts((facts) => facts.sale?.age);
  if (age?.outcome === 'needed' || age?.outcome === 'refused') return <AgePanelOf age={age} />;
  return null;
}

function AgePanelOf({ age }: { readonly age: SaleView['age'] }) {
  const open = useView((view) => view.birthDateOpen);
  const refused = age.outcome === 'refused';
  return (
    <section
      aria-label="Age check"
      data-testid="age-panel"
      data-outcome={age.outcome}
      data-open={open}
      className={`shrink-0 border-t-2 p-3 ${refused && !open ? 'border-red bg-red-soft' : 'border-amber bg-amber-soft'}`}
    >
      {open ? <AgeQuestion age={age} /> : refused ? <AgeRefused age={age} /> : <AgeWaiting age={age} />}
    </section>
  );
}
