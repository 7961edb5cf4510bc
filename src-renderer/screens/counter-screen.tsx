import { PayPane } from './pay/pay-pane.tsx';
import { PayBar } from './pay/pay-bar.tsx';
import { SaleColumn } from './sell/sale-column.tsx';
import { SellBar } from './sell/sell-bar.tsx';
import { SellPane } from './sell/sell-pane.tsx';

/** The sale on the left stays where it is from the first scan to the money; the right side and the bar change. */
export function CounterScreen({ paying }: { readonly paying: boolean }) {
  return (
    <>
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <SaleColumn paying={paying} />
        {paying ? <PayPane /> : <SellPane />}
      </div>
      {paying ? <PayBar /> : <SellBar />}
    </>
  );
}
