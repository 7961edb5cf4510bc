/** What the comparison of the books has found. */
export const ERRORS = [
  'lost',
  'duplicated',
  'stock_errors',
  'money_errors',
  'chain_breaks',
  'alert_errors',
  'live_errors',
] as const;
export type ErrorKind = (typeof ERRORS)[number];

export interface Verdict {
  readonly counts: Readonly<Record<ErrorKind, number>>;
  /** The first few of each kind in words, and all else that must not be. */
  readonly flaws: readonly string[];
  add(kind: ErrorKind, what: string, times?: number): void;
  flaw(what: string): void;
}

/** Whoever looks for the cause needs some cases, not thousands. */
const TOLD_OF_EACH_KIND = 5;

export function newVerdict(): Verdict {
  const counts = Object.fromEntries(ERRORS.map((kind) => [kind, 0])) as Record<ErrorKind, number>;
  const told = new Map<ErrorKind, number>();
  const flaws: string[] = [];
  return {
    counts,
    flaws,
    add(kind, what, times = 1) {
      if (times === 0) return;
      counts[kind] += times;
      const before = told.get(kind) ?? 0;
      told.set(kind, before + 1);
      if (before < TOLD_OF_EACH_KIND) flaws.push(`${kind}: ${what}`);
    },
    flaw(what) {
      flaws.push(what);
    },
  };
}
