import type { ItemSummary, SaleView } from '#main/api/views.ts';
import { type StoreApi, createStore } from 'zustand/vanilla';

/** What the right side of the sell screen shows when nobody searches. */
export type Pane = 'keys' | 'quantity' | 'more' | 'receipts' | 'print_queue';
export type TenderTab = 'cash' | 'card';

/** What the person has typed and opened. The terminal knows nothing of it, and a new page begins empty. */
export interface View {
  readonly place: 'till' | 'manager' | 'system';
  readonly pane: Pane;
  readonly pinDigits: string;
  readonly selectedLineId: string | null;
  readonly searchText: string;
  readonly results: readonly ItemSummary[];
  /** The text that `results` answer; they lag one call behind the typing. */
  readonly resultsFor: string;
  readonly activeResult: number;
  readonly quantityDigits: string;
  /** The age panel takes digits. */
  readonly birthDateOpen: boolean;
  readonly birthDateDigits: string;
  readonly tenderTab: TenderTab;
  readonly cashDigits: string;
  readonly approvalCode: string;
}

export type ViewStore = StoreApi<View>;

const NO_SEARCH = { searchText: '', results: [], resultsFor: '', activeResult: 0 } as const;
const NO_TENDER = { tenderTab: 'cash', cashDigits: '', approvalCode: '' } as const;
const EMPTY: View = {
  place: 'till',
  pane: 'keys',
  pinDigits: '',
  selectedLineId: null,
  ...NO_SEARCH,
  quantityDigits: '',
  birthDateOpen: false,
  birthDateDigits: '',
  ...NO_TENDER,
};

export function createView(): ViewStore {
  return createStore<View>(() => EMPTY);
}

/** Somebody else begins: nothing of the one before may be left in a field. */
export function emptied(): View {
  return EMPTY;
}

export function withoutSearch(): Pick<View, keyof typeof NO_SEARCH> {
  return NO_SEARCH;
}

/** What a new sale view changes in what is selected and opened. */
export function followSale(view: View, before: SaleView | null, now: SaleView): Partial<View> {
  const touched = now.newestLineId !== null && linesDiffer(before, now);
  const selectedIsGone = !now.lines.some((line) => line.lineId === view.selectedLineId);
  return {
    ...(touched || selectedIsGone ? { selectedLineId: nextSelection(view, before, now) } : {}),
    ...(before?.orderId === now.orderId ? {} : { ...NO_TENDER, birthDateDigits: '' }),
    ...(before?.phase !== now.phase && now.phase === 'paying' ? { ...NO_TENDER, pane: 'keys' } : {}),
    ...followAge(before, now),
  };
}

function linesDiffer(before: SaleView | null, now: SaleView): boolean {
  return before?.newestLineId !== now.newestLineId || before?.lines !== now.lines;
}

/** The line touched last; after a removal the one that took its place. */
function nextSelection(view: View, before: SaleView | null, now: SaleView): string | null {
  const newest = now.lines.find((line) => line.lineId === now.newestLineId);
  if (newest) return newest.lineId;
  const place = before?.lines.findIndex((line) => line.lineId === view.selectedLineId) ?? -1;
  return (now.lines[Math.max(place, 0)] ?? now.lines.at(-1))?.lineId ?? null;
}

/** The question opens by itself when it arises and closes when it is answered. */
function followAge(before: SaleView | null, now: SaleView): Partial<View> {
  if (before?.orderId === now.orderId && before.age.outcome === now.age.outcome) return {};
  if (now.age.outcome === 'needed') return { birthDateOpen: true, birthDateDigits: '' };
  return { birthDateOpen: false, birthDateDigits: '' };
}

/** The line above or below the selected one; stays at the ends. */
export function movedSelection(view: View, sale: SaleView, by: 1 | -1): string | null {
  const at = sale.lines.findIndex((line) => line.lineId === view.selectedLineId);
  if (at === -1) return sale.lines.at(-1)?.lineId ?? null;
  return sale.lines[Math.min(Math.max(at + by, 0), sale.lines.length - 1)]?.lineId ?? null;
}
