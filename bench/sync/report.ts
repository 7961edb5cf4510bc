/** The figures under their keys, flat, as all benchmarks have them. */
import { rounded } from '../statistics.ts';
import type { ColdLoadFigures } from './cold-load.ts';
import type { MemoryFigures } from './memory.ts';
import type { SideBySide } from './side-by-side.ts';

export function sideBySideReport({ contenders, baselines }: SideBySide): Record<string, number | null> {
  return {
    ...Object.fromEntries(
      [...contenders].flatMap(([name, figures]) =>
        Object.entries<number | null>({ ...figures }).map(([key, value]) => [`${name}_${key}`, value]),
      ),
    ),
    ...Object.fromEntries([...baselines].map(([name, rate]) => [`${name}_events_per_s`, rate])),
  };
}

/** How Holdfast stands to each of the others in this run; of RxDB's two ways, to the quicker one. */
export function ratiosOf({ contenders, baselines }: SideBySide): Record<string, number> {
  const own = contenders.get('holdfast')?.events_per_s;
  if (own === undefined) return {};
  const rates = [...contenders].map(([name, { events_per_s }]) => [name, events_per_s] as const);
  const quickest = (family: string) =>
    Math.max(0, ...rates.filter(([name]) => name.startsWith(family)).map(([, rate]) => rate));
  const against: readonly (readonly [string, number])[] = [
    ['pouchdb', quickest('pouchdb')],
    ['rxdb', quickest('rxdb')],
    ...baselines,
  ];
  return Object.fromEntries(
    against
      .filter(([, rate]) => rate > 0)
      .map(([name, rate]) => [`holdfast_${name}_ratio`, rounded(own / rate)]),
  );
}

export function coldLoadReport(figures: ColdLoadFigures): Record<string, number> {
  return {
    cold_load_records: figures.records,
    cold_load_s: figures.loadSeconds,
    cold_load_bare_s: figures.bareSeconds,
    cold_load_ratio: figures.ratio,
    cold_load_selling_s: figures.sellingLoadSeconds,
    cold_load_longest_lock_ms: figures.longestLockMs,
    cold_load_lock_p99_ms: figures.lockP99Ms,
  };
}

export function memoryReport(figures: MemoryFigures): Record<string, number> {
  return {
    memory_till_10k_mb: figures.tillFewMb,
    memory_till_100k_mb: figures.tillSomeMb,
    memory_till_1m_mb: figures.tillManyMb,
    memory_till_ratio: figures.tillRatio,
    memory_server_10k_mb: figures.serverFewMb,
    memory_server_100k_mb: figures.serverSomeMb,
    memory_server_1m_mb: figures.serverManyMb,
    memory_server_ratio: figures.serverRatio,
    memory_1m_events_per_s: figures.manyEventsPerSecond,
  };
}
