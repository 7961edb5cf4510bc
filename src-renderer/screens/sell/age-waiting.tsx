import type { SaleView } from '#main/api/views.ts';
import { Button } from '../../parts/button.tsx';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';
import { useTill } from '../../till/till-context.tsx';
import { usDate } from '../../words/dates.ts';

/** The question put aside: the customer is looking for the ID, and typing goes to the search again. */
export function AgeWaiting({ age }: { readonly age: SaleView['age'] }) {
  const till = useTill();
  return (
    <>
      <RefusalNotice only={['age']} className="mb-2" />
      <div className="flex items-center justify-between gap-3 text-amber">
        <p>
          <span className="block font-bold">Age {age.minimumAge}: not asked yet</span>
          {age.bornOnOrBefore !== null && (
            <span className="block text-sm">Born on or before {usDate(age.bornOnOrBefore)}</span>
          )}
        </p>
        <Button
          keyName="F2"
          onPress={() => till.view.setState({ birthDateOpen: true })}
          className="h-14 text-ink"
          testId="open-birth-date"
        >
          Birth date
        </Button>
      </div>
    </>
  );
}
