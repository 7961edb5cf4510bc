import type { SaleLine, SaleView } from '#main/api/views.ts';

/**
 * Reply and push bring the same sale twice, and a scan changes one line of twenty. What is equal to before keeps
 * its identity, so that only the line that changed is painted again.
 */
export function keepUnchanged(before: SaleView | null, now: SaleView): SaleView {
  if (before === null) return now;
  const previous = new Map(before.lines.map((line) => [line.lineId, line]));
  const lines = now.lines.map((line) => {
    const same = previous.get(line.lineId);
    return same !== undefined && sameLine(same, line) ? same : line;
  });
  const sameLines = sameElements(before.lines, lines);
  const kept = { ...now, lines: sameLines ? before.lines : lines };
  return sameLines && sameFigures(before, kept) ? before : kept;
}

function sameLine(one: SaleLine, other: SaleLine): boolean {
  return (Object.keys(other) as (keyof SaleLine)[]).every((field) => one[field] === other[field]);
}

function sameElements(some: readonly SaleLine[], others: readonly SaleLine[]): boolean {
  return some.length === others.length && some.every((line, index) => line === others[index]);
}

function sameFigures(one: SaleView, other: SaleView): boolean {
  return JSON.stringify({ ...one, lines: [] }) === JSON.stringify({ ...other, lines: [] });
}
