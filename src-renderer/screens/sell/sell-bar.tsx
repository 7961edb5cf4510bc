import { formatDollars } from '#domain/money/format.ts';
import { Button } from '../../parts/button.tsx';
import { Keycap } from '../../parts/keycap.tsx';
import { useKeys } from '../../scanning/use-keys.ts';
import { payOrAnswer } from '../../till/pay-or-answer.ts';
import { useFacts, useTill, useView } from '../../till/till-context.tsx';
import { payHindrance } from '../../words/pay-words.ts';

/** The bottom bar while selling. Pay is the one thing that cannot be overlooked. */
export function SellBar() {
  const till = useTill();
  const lastSale = useFacts((facts) => facts.status?.lastSale ?? null);
  const more = (): void => {
    till.search.clear();
    till.view.setState(({ pane }) => ({ pane: pane === 'more' ? 'keys' : 'more' }));
  };
  const reprint = (): void => {
    if (lastSale) void till.receipts.reprint(lastSale.orderId);
  };
  useKeys({ F8: reprint, F9: more });

  return (
    <nav
      aria-label="Actions"
      className="grid h-22 shrink-0 grid-cols-[minmax(0,2fr)_minmax(0,3fr)] border-t border-edge bg-surface"
    >
      <div className="flex gap-2 border-r border-edge p-3">
        <Button keyName="F9" onPress={more} className="h-16 flex-1 px-2!" testId="more">
          More
        </Button>
        <Button
          keyName="F8"
          disabled={!lastSale}
          onPress={reprint}
          className="h-16 flex-1 px-2!"
          label="Reprint the last receipt"
          testId="reprint-last"
        >
          Reprint
        </Button>
        <ManagerButton />
      </div>
      <div className="px-4 py-3">
        <PayButton />
      </div>
    </nav>
  );
}

const PAYS = 'bg-act text-on-act active:bg-act-pressed disabled:bg-pressed disabled:text-muted';
/** It would be refused: a press leads to what is missing. */
const LEADS = 'border border-strong-edge bg-surface text-ink active:bg-pressed';

function PayButton() {
  const till = useTill();
  const total = useFacts((facts) => facts.sale?.total);
  const empty = useFacts((facts) => (facts.sale?.lines.length ?? 0) === 0);
  const hindrance = useFacts((facts) => (facts.sale ? payHindrance(facts.sale.age) : null));
  // With something in the search field or an open birth date, Enter answers that.
  const enterPays = useView(
    ({ searchText, pane, birthDateOpen }) => searchText === '' && pane === 'keys' && !birthDateOpen,
  );
  return (
    <button
      type="button"
      disabled={empty}
      aria-keyshortcuts={enterPays ? 'Enter' : undefined}
      data-testid="pay-button"
      onClick={() => void payOrAnswer(till)}
      className={`flex h-16 w-full items-center justify-center gap-4 rounded-lg text-xl font-bold ${hindrance === null ? PAYS : LEADS}`}
    >
      <span>
        Pay {total !== undefined && !empty && formatDollars(total)}
        {hindrance !== null && <span className="text-lg font-semibold text-muted"> · {hindrance}</span>}
      </span>
      {enterPays && <Keycap name="Enter" />}
    </button>
  );
}

function ManagerButton() {
  const till = useTill();
  const manager = useFacts((facts) => facts.status?.person?.role === 'manager');
  const lowStock = useFacts((facts) => facts.status?.lowStockCount ?? 0);
  const open = (): void => till.view.setState({ place: 'manager' });
  useKeys({ F10: manager ? open : undefined });
  if (!manager) return null;
  return (
    <Button
      keyName="F10"
      onPress={open}
      className="h-16 flex-1 px-2!"
      testId="manager-button"
      label={`Manager, ${lowStock} low on stock`}
    >
      Stock
      {lowStock > 0 && (
        <span className="rounded-full bg-amber-soft px-2 text-sm font-bold text-amber">{lowStock}</span>
      )}
    </Button>
  );
}
