/**
 * The same events, brought over by each contender in turn.
 *
 *     once       through the line that counts: bytes, and a warm-up
 *     N rounds   straight, each with all contenders and baselines: a drift of the machine hits all alike
 *     once       through the line that is cut at half of those bytes and away for a second
 *
 * Whatever arrives is compared with what was sent, in each run.
 */
import type { Backlog, Contender } from './contender.ts';
import type { Baseline } from './baselines.ts';
import type { CountedBytes } from './counting-proxy.ts';
import { type RunFigures, measureRun } from './measure-run.ts';
import { median, rounded } from '../statistics.ts';

const AWAY_MS = 1_000;
const LONGEST_RUN_MS = 300_000;
/** Of a run through the same line without a cut. What takes longer has given up. */
const PATIENCE = 5;
const LEAST_PATIENCE_MS = 30_000;

export interface ContenderFigures {
  readonly events_per_s: number;
  readonly wire_up_mb: number;
  readonly wire_down_mb: number;
  readonly client_peak_mb: number;
  readonly server_peak_mb: number;
  readonly database_mb?: number;
  /** Of the whole way with the cut in it; null: it did not come to an end by itself. */
  readonly cut_seconds: number | null;
  /** That, less the same way without a cut and less the second in which there was no line. */
  readonly cut_lost_seconds: number | null;
  readonly cut_events_sent_twice: number;
  readonly cut_missing: number;
  readonly cut_doubled: number;
}

export interface SideBySide {
  readonly contenders: ReadonlyMap<string, ContenderFigures>;
  /** Rows a second. */
  readonly baselines: ReadonlyMap<Baseline['name'], number>;
}

export interface SideBySideOptions {
  readonly backlog: Backlog;
  readonly contenders: readonly Contender[];
  readonly baselines: readonly Baseline[];
  readonly rounds: number;
  readonly step: (name: string) => void;
}

export async function measureSideBySide(options: SideBySideOptions): Promise<SideBySide> {
  const { backlog, contenders, baselines, rounds, step } = options;
  const count = backlog.events.length;
  const first = new Map<string, RunFigures & { readonly bytes: CountedBytes; readonly seconds: number }>();
  for (const contender of contenders) {
    step(`${contender.name}, counted`);
    const figures = await measureRun(contender, { run: 'counted', limitMs: LONGEST_RUN_MS, line: {} });
    const { seconds, bytes } = figures;
    if (seconds === undefined || bytes === undefined) throw new Error(`${contender.name} did not finish`);
    mustBeWhole(contender, backlog, figures);
    first.set(contender.name, { ...figures, seconds, bytes });
  }

  const runs = new Map<string, RunFigures[]>(contenders.map(({ name }) => [name, []]));
  const bare = new Map<Baseline['name'], number[]>(baselines.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const baseline of baselines) {
      step(`${baseline.name}, round ${round}`);
      bare.get(baseline.name)?.push(await baseline.measure(`round_${round}`));
    }
    for (const contender of contenders) {
      step(`${contender.name}, round ${round}`);
      const figures = await measureRun(contender, { run: `round_${round}`, limitMs: LONGEST_RUN_MS });
      mustBeWhole(contender, backlog, figures);
      runs.get(contender.name)?.push(figures);
    }
  }

  const figures = new Map<string, ContenderFigures>();
  for (const contender of contenders) {
    const counted = first.get(contender.name);
    if (counted === undefined) continue;
    step(`${contender.name}, cut`);
    const { up } = counted.bytes;
    const cut = await measureRun(contender, {
      run: 'cut',
      limitMs: Math.max(PATIENCE * counted.seconds * 1000, LEAST_PATIENCE_MS),
      line: { cut: { afterBytes: up / 2, awayMs: AWAY_MS } },
    });
    const straight = runs.get(contender.name) ?? [];
    const sentTwice = ((cut.bytes?.up ?? 0) - up) / (up / count);
    figures.set(contender.name, {
      events_per_s: rounded(count / median(straight.map(({ seconds }) => seconds ?? Infinity))),
      wire_up_mb: rounded(up / 1e6),
      wire_down_mb: rounded(counted.bytes.down / 1e6),
      client_peak_mb: rounded(Math.max(...straight.map(({ clientMb }) => clientMb))),
      server_peak_mb: rounded(Math.max(...straight.map(({ serverMb }) => serverMb))),
      ...databaseOf(straight),
      cut_seconds: cut.seconds === undefined ? null : rounded(cut.seconds),
      cut_lost_seconds:
        cut.seconds === undefined ? null : rounded(cut.seconds - counted.seconds - AWAY_MS / 1000),
      cut_events_sent_twice: cut.seconds === undefined ? 0 : Math.max(0, Math.round(sentTwice)),
      cut_missing: Math.max(0, count - cut.arrived.records),
      cut_doubled: cut.arrived.rewritten,
    });
  }
  return {
    contenders: figures,
    baselines: new Map([...bare].map(([name, seconds]) => [name, rounded(count / median(seconds))])),
  };
}

function databaseOf(runs: readonly RunFigures[]): { readonly database_mb?: number } {
  const found = runs.flatMap(({ databaseMb }) => databaseMb ?? []);
  return found.length === 0 ? {} : { database_mb: rounded(Math.max(...found)) };
}

/** @throws {Error} when the server has not exactly what the client had */
function mustBeWhole({ name }: Contender, backlog: Backlog, { arrived, seconds }: RunFigures): void {
  if (seconds === undefined) throw new Error(`${name} did not come to an end`);
  if (arrived.digest !== backlog.digest) {
    throw new Error(`${name}: of ${backlog.events.length} events ${arrived.records} arrived, or others`);
  }
}
