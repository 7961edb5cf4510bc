/** The figures under their keys, flat, as all benchmarks have them. */
import { rounded } from '../statistics.ts';
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
