import { Button } from '../../parts/button.tsx';
import { useFacts, useTill } from '../../till/till-context.tsx';

/** The bottom bar while paying. Nothing stands where Pay was: a second tap on it must not take money. */
export function PayBar() {
  const till = useTill();
  const busy = useFacts((facts) => facts.underWay === 'tender');
  return (
    <nav
      aria-label="Actions"
      className="grid h-22 shrink-0 grid-cols-[minmax(0,2fr)_minmax(0,3fr)] border-t border-edge bg-surface"
    >
      <div className="border-r border-edge p-3">
        <Button
          keyName="Esc"
          shortcut="Escape"
          disabled={busy}
          onPress={() => void till.payment.leave()}
          className="h-16 w-full text-lg"
          testId="leave-payment"
        >
          Back to the sale
        </Button>
      </div>
      <p className="flex items-center justify-center p-3 text-center text-muted">
        {busy ? 'Writing the sale to the disk…' : 'Nothing is sold until the money is in.'}
      </p>
    </nav>
  );
}
