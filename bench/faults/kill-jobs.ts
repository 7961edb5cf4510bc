/**
 * Kills a till in the middle of what it does beside selling: an archive run, a backup, a healing, the install of a snapshot. At moments
 * that are spread over all changes that the job makes on the disk, and at random ones. Then opens it as a shop would,
 * judges, does the job again, and judges again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { backupFolder, listBackups } from '#main/care/backup-files.ts';
import { clearLeftovers } from '#main/care/clear-leftovers.ts';
import { openOrHeal } from '#main/care/open-or-heal.ts';
import { type Store, openCursorWriter, openStore } from '#main/store/open-store.ts';
import { sqliteMirror } from '#main/sync/sqlite-mirror.ts';
import { temporaryFolder } from '#main/test-support/temporary-folder.ts';
import type { Random } from '../random.ts';
import { NOW, TERMINAL } from './care-till.ts';
import { type JobName, type JobWord } from './care-jobs.ts';
import { jobNamed } from './job-named.ts';
import {
  type Kept,
  judgeBackups,
  judgeBooks,
  keepSale,
  keptBy,
  leftovers,
  spareTables,
} from './judge-care.ts';
import { loseUnsynced } from './lose-unsynced.ts';
import type { Sabotaged } from './sabotaged-jobs.ts';
import { canCompileLayer, compileLayer, countFile, layerEnvironment } from './unsynced-layer.ts';
import { until } from './until.ts';

export interface JobKillOptions {
  readonly job: JobName | Sabotaged;
  /** How often it dies at a moment that is spread over its changes on the disk. Needs the layer; without it, at a random time. */
  readonly swept: number;
  /** As `swept`, and its disk loses what was not synced. Needs the layer; without it, none. */
  readonly powerCuts: number;
  /** How often it dies at a random time. */
  readonly timed: number;
  readonly random: Random;
  /** The first life with a flaw is the last one: for jobs that are to have one. */
  readonly endAtFlaw?: boolean;
}

export interface JobKills {
  readonly job: string;
  /** Lives that ended by SIGKILL; the others were done before. */
  readonly kills: number;
  readonly lives: number;
  /** Changes on the disk, from the job's beginning to its end; 0 without the layer. */
  readonly changes: number;
  readonly flaws: readonly string[];
}

const SHARE_OF_TORN = 0.5;

type Death =
  | { readonly how: 'at a change' | 'by a power cut'; readonly change: number }
  | { readonly how: 'after'; readonly share: number };

/** How the job goes when nothing dies in it. */
interface Course {
  readonly beginsAfter: number;
  readonly changes: number;
  readonly ms: number;
}

interface Stage {
  readonly job: JobName | Sabotaged;
  /** The till as it is before the job. */
  readonly prepared: string;
  readonly folder: string;
  readonly journal: string;
  readonly library: string | null;
  readonly random: Random;
}

export async function killJobs(options: JobKillOptions): Promise<JobKills> {
  const temporary = temporaryFolder();
  try {
    const library = canCompileLayer ? compileLayer(temporary.path) : null;
    const { job, random } = options;
    const prepared = temporary.join('prepared');
    await jobNamed(job).prepare(prepared);
    const stage = {
      job,
      prepared,
      folder: temporary.join('till'),
      journal: temporary.join('unsynced'),
      library,
      random,
    };
    return await killAndJudge(stage, options);
  } finally {
    temporary.remove();
  }
}

async function killAndJudge(stage: Stage, options: JobKillOptions): Promise<JobKills> {
  const { random } = stage;
  const before = await keptBefore(stage);
  const flaws = new Set<string>();
  // Once without a death: what it takes, and that nothing is wrong with it.
  const whole = await live(stage, null, copyOf(before));
  for (const flaw of await judgeAll(stage, whole.kept)) flaws.add(`not killed: ${flaw}`);
  const deaths = deathsOf(options, whole.course, stage.library !== null);
  let kills = 0;
  let lives = 0;
  for (const death of deaths) {
    if (options.endAtFlaw === true && flaws.size > 0) break;
    lives += 1;
    const { kept, killed } = await live(stage, death, copyOf(before), whole.course);
    if (killed) kills += 1;
    if (death.how === 'by a power cut') {
      // Either the disk had written back nothing by itself, or some of it, in an order of its own.
      loseUnsynced(stage.folder, stage.journal, random() < SHARE_OF_TORN ? random : undefined);
    }
    const where = death.how === 'after' ? `after ${death.share} of its time` : `${death.how} ${death.change}`;
    for (const flaw of await judgeAll(stage, kept)) flaws.add(`${where}: ${flaw}`);
  }
  return {
    job: stage.job,
    kills,
    lives,
    changes: whole.course.changes,
    flaws: [...flaws],
  };
}

function deathsOf(
  { swept, powerCuts, timed, random }: JobKillOptions,
  course: Course,
  layer: boolean,
): Death[] {
  // One in each part of the course.
  const spread = (times: number): number[] =>
    Array.from({ length: times }, (_, part) => {
      const share = (part + random()) / times;
      return course.beginsAfter + 1 + Math.floor(share * course.changes);
    });
  const byTime = Array.from({ length: layer ? timed : timed + swept }, (): Death => ({
    how: 'after',
    share: random(),
  }));
  if (!layer) return byTime;
  return [
    ...spread(swept).map((change): Death => ({ how: 'at a change', change })),
    ...spread(powerCuts).map((change): Death => ({ how: 'by a power cut', change })),
    ...byTime,
  ];
}

function copyOf({ events, orders, ackedThrough, backups }: Kept): Kept {
  return { events: new Map(events), orders: new Set(orders), ackedThrough, backups: new Set(backups) };
}

/** What the job found: for a till that is damaged, what it had before. */
async function keptBefore({ job, prepared }: Stage): Promise<Kept> {
  const folder = job === 'heal' ? `${prepared}-living` : prepared;
  const store = openStore(folder);
  try {
    return keptBy(
      store,
      listBackups(backupFolder(prepared)).map(({ name }) => name),
    );
  } finally {
    store.close();
  }
}

const wordSchema = z.union([
  z.object({ begunAfter: z.int() }),
  z.object({ doneAfter: z.int() }),
  z.object({ sold: z.string(), seq: z.int(), hash: z.string() }),
  z.object({ backup: z.string() }),
  z.object({ healed: z.string() }),
]);

interface Life {
  readonly kept: Kept;
  readonly course: Course;
  readonly killed: boolean;
}

/** @param kept grows by what the dying till said */
async function live(stage: Stage, death: Death | null, kept: Kept, known?: Course): Promise<Life> {
  const { job, prepared, folder, journal, library } = stage;
  rmSync(folder, { recursive: true, force: true });
  cpSync(prepared, folder, { recursive: true });
  removeNotes(journal);
  const layered = library !== null && death?.how !== 'after';
  const dieAt = death === null || death.how === 'after' ? 0 : death.change;
  const script = path.join(import.meta.dirname, 'do-job-until-killed.ts');
  const child = spawn(process.execPath, [script, job, folder, ...(layered ? [journal] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: path.join(path.dirname(journal), 'compiled'),
      ...(layered ? layerEnvironment({ library, watched: folder, journal, dieAt }) : {}),
    },
  });
  const closed = once(child, 'close');
  let [beginsAfter, doneAfter, began, ended] = [0, 0, 0, 0];
  for await (const text of createInterface({ input: child.stdout })) {
    const word = wordSchema.parse(JSON.parse(text));
    if ('begunAfter' in word) {
      beginsAfter = word.begunAfter;
      began = performance.now();
      if (death?.how === 'after')
        void sleep(death.share * (known?.ms ?? 0)).then(() => child.kill('SIGKILL'));
    } else if ('doneAfter' in word) {
      doneAfter = word.doneAfter;
      ended = performance.now();
    } else keepWord(kept, word);
  }
  const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  if (signal !== 'SIGKILL' && code !== 0) {
    throw new Error(`The till ended by itself in "${job}": ${String(signal ?? code)}`);
  }
  const course = { beginsAfter, changes: doneAfter - beginsAfter, ms: ended - began };
  return { kept, course, killed: signal === 'SIGKILL' };
}

/** What the layer under an earlier life has written. */
function removeNotes(journal: string): void {
  const folder = path.dirname(journal);
  for (const name of readdirSync(folder)) {
    if (name === path.basename(journal) || name.startsWith(`${path.basename(journal)}.removed-`))
      rmSync(path.join(folder, name));
  }
  rmSync(countFile(journal), { force: true });
}

function keepWord(kept: Kept, word: JobWord): void {
  if ('sold' in word) keepSale(kept, word);
  else if ('backup' in word) kept.backups.add(word.backup);
}

/** The first start, what is removed at it, the job once more, and the start behind that. */
async function judgeAll(stage: Stage, kept: Kept): Promise<string[]> {
  const { folder, job } = stage;
  try {
    const flaws = (await judgeStart(stage, kept)).map((flaw) => `at the next start: ${flaw}`);
    await jobNamed(job).run(
      folder,
      (word) => keepWord(kept, word),
      () => undefined,
    );
    const store = openStore(folder);
    try {
      flaws.push(...[...judgeBooks(store, kept), ...spareTables(store)].map((flaw) => `done again: ${flaw}`));
      if (job === 'archive' && isUnarchived(store)) flaws.push('done again: old events are in the database');
    } finally {
      store.close();
    }
    const after = [...(await judgeBackups(folder, kept)), ...leftovers(folder).map(isLeft)];
    return [...flaws, ...after.map((flaw) => `done again: ${flaw}`)];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

async function judgeStart({ folder, job }: Stage, kept: Kept): Promise<string[]> {
  const healed: string[] = [];
  const store = await openOrHeal(folder, () => openStore(folder), {
    now: () => NOW,
    onHealed: ({ text }) => healed.push(text),
  });
  try {
    const flaws = judgeBooks(store, kept);
    if (job !== 'heal' && healed.length > 0) flaws.push(`it had to heal: ${healed.join(' ')}`);
    // As the threads do at a start, the care thread when the cashier has had ten seconds.
    clearLeftovers(folder);
    await startMirror(folder, store);
    const left = leftovers(folder)
      .filter((name) => !isGoneOnWith(name))
      .map(isLeft);
    return [...flaws, ...left, ...(await judgeBackups(folder, kept))];
  } finally {
    store.close();
  }
}

function isLeft(name: string): string {
  return `${name} is left`;
}

/** The archive's next run writes over it; a download continues. That of a snapshot in use is judged by {@link startMirror}. */
function isGoneOnWith(name: string): boolean {
  return ['archive', 'snapshot'].includes(path.dirname(name));
}

/** As the sync thread does, without a line: what an install has left must go all the same. */
async function startMirror(folder: string, store: Store): Promise<void> {
  const thread = openCursorWriter(folder);
  try {
    const mirror = sqliteMirror(thread.writer, { ...TERMINAL, folder, onApplied: () => undefined });
    await until('the tables that an install has left are gone', () => spareTables(store).length === 0, 5_000);
    if (mirror.cursor() !== null && existsSync(path.join(folder, 'snapshot')))
      throw new Error('The file of the snapshot that was installed is left.');
  } finally {
    thread.close();
  }
}

function isUnarchived({ writer }: Store): boolean {
  const oldest = writer.connection.prepare<[], string>('SELECT min(timestamp) FROM event_log').pluck().get();
  return oldest !== undefined && oldest < '2026-10-01';
}
