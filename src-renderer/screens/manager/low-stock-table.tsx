import { PackageCheck } from 'lucide-react';
import type { LowStockItem } from '#main/api/views.ts';
import { useAnswer } from '../../parts/use-answer.ts';
import { useTill } from '../../till/till-context.tsx';

/** What is at or under its reorder point, and how many cases would fill it up. */
export function LowStockTable() {
  const till = useTill();
  const items = useAnswer(
    () => till.receipts.lowStock(),
    (status) => String(status.lowStockCount),
  );
  if (!items) return null;
  if (items.length === 0) return <NothingLow />;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <table className="w-full border-collapse">
        <caption className="px-4 pt-4 pb-2 text-left text-lg font-bold">
          {items.length === 1 ? '1 item is low' : `${items.length} items are low`}
        </caption>
        <thead className="sticky top-0 bg-surface text-sm text-muted">
          <tr className="border-b border-edge">
            <th scope="col" className="px-4 py-2 text-left font-semibold">
              Item
            </th>
            <th scope="col" className="px-2 py-2 text-right font-semibold">
              Now
            </th>
            <th scope="col" className="px-2 py-2 text-right font-semibold">
              Reorder at
            </th>
            <th scope="col" className="py-2 pr-4 pl-2 text-right font-semibold">
              Suggested order
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <LowStockRow key={item.sku} item={item} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LowStockRow({ item }: { readonly item: LowStockItem }) {
  const out = item.onHand <= 0;
  return (
    <tr data-testid="low-stock-row" data-sku={item.sku} className="h-16 border-b border-edge">
      <th scope="row" className="w-full max-w-0 px-4 py-2 text-left font-normal">
        <span className="line-clamp-2 font-semibold">{item.name}</span>
        <span className="block truncate text-sm text-muted">
          {item.sku} · {item.merchandiseCode}
        </span>
      </th>
      <td className={`px-2 text-right text-lg font-bold ${out ? 'text-red' : 'text-amber'}`}>
        {item.onHand}
      </td>
      <td className="px-2 text-right text-lg text-muted">{item.reorderPoint}</td>
      <td className="py-2 pr-4 pl-2 text-right whitespace-nowrap">
        <SuggestedOrder item={item} />
      </td>
    </tr>
  );
}

/** In cases, as it is ordered. What comes singly has no case to speak of. */
function SuggestedOrder({ item }: { readonly item: LowStockItem }) {
  if (item.caseSize === 1) return <span className="text-lg font-semibold">{item.suggestedQuantity}</span>;
  return (
    <>
      <span className="block text-lg font-semibold">
        {item.suggestedCases} {item.suggestedCases === 1 ? 'case' : 'cases'}
      </span>
      <span className="block text-sm text-muted">
        × {item.caseSize} = {item.suggestedQuantity}
      </span>
    </>
  );
}

function NothingLow() {
  return (
    <div className="m-auto flex flex-col items-center gap-3 p-8 text-center text-muted">
      <PackageCheck aria-hidden="true" className="size-14 opacity-60" strokeWidth={1.25} />
      <p className="text-lg font-semibold text-ink">Nothing is low</p>
      <p>An item comes up here as soon as a sale takes it to its reorder point.</p>
    </div>
  );
}
