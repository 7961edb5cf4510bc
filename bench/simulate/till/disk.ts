/**
 * A till's disk: a database in memory that keeps, through a loss of power, what its `synchronous` mode promises. FULL keeps
 * every commit; NORMAL keeps what stood at the last checkpoint; and what was written to plain files may come back shorter.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { type WriteHandle, writeHandle } from '#main/store/handles.ts';
import { type Random, between } from '../../random.ts';

/** The process of the till is dead: the statement that threw this was its last. */
export class TillDied extends Error {
  constructor() {
    super('The till has no power.');
    this.name = 'TillDied';
  }
}

export type SyncMode = 'FULL' | 'NORMAL';

export interface DiskOptions {
  readonly image: Buffer;
  /** For what lies beside the database. */
  readonly folder: string;
  readonly mode: SyncMode;
  /** Before and after each commit; may call `die`. */
  readonly onCommit: (moment: 'before' | 'after') => void;
}

const FULL = 2;
/** Commits between two checkpoints of a database that is not synced at each. */
const CHECKPOINT_EVERY = 25;

export class TillDisk {
  readonly folder: string;
  private readonly options: DiskOptions;
  private connection: Database.Database;
  private checkpoint: Buffer;
  private prepared = new Map<string, Database.Statement>();
  private commits = 0;
  private dead = false;

  constructor(options: DiskOptions) {
    this.options = options;
    this.folder = options.folder;
    this.checkpoint = options.image;
    this.connection = this.openImage(options.image);
  }

  get isDead(): boolean {
    return this.dead;
  }

  /** A handle of the running process. One process at a time. */
  open(): WriteHandle {
    const { connection } = this;
    const plain = writeHandle(connection, drizzle(connection));
    let within = false;
    return {
      ...plain,
      transaction: (work) => {
        if (this.dead) throw new TillDied();
        if (within) return plain.transaction(work);
        within = true;
        try {
          const result = plain.transaction(() => {
            const value = work();
            this.moment('before');
            return value;
          });
          this.committed();
          this.moment('after');
          return result;
        } finally {
          within = false;
        }
      },
    };
  }

  /** To be looked at from outside. */
  look<Row>(sql: string, ...parameters: unknown[]): Row[] {
    const prepared = this.prepared.get(sql) ?? this.connection.prepare(sql);
    this.prepared.set(sql, prepared);
    return prepared.all(...parameters) as Row[];
  }

  /** Nothing is written any more. */
  die(): void {
    this.dead = true;
    this.connection.pragma('query_only = ON');
  }

  image(): Buffer {
    return this.connection.serialize();
  }

  /** What is there when the power comes back. */
  recover(random: Random): void {
    const kept = this.connection.pragma('synchronous', { simple: true }) === FULL;
    this.replace(kept ? this.image() : this.checkpoint);
    for (const file of this.files()) {
      const bytes = readFileSync(file);
      if (random() < 0.5) writeFileSync(file, bytes.subarray(0, between(random, 0, bytes.length)));
    }
  }

  private files(): readonly string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();
  }

  replace(image: Buffer): void {
    this.connection.close();
    this.prepared = new Map();
    this.connection = this.openImage(image);
    this.checkpoint = image;
    this.commits = 0;
    this.dead = false;
  }

  close(): void {
    this.connection.close();
  }

  private openImage(image: Buffer): Database.Database {
    const connection = new Database(image);
    connection.pragma('foreign_keys = ON');
    connection.pragma(`synchronous = ${this.options.mode}`);
    return connection;
  }

  private moment(moment: 'before' | 'after'): void {
    this.options.onCommit(moment);
    if (this.dead) throw new TillDied();
  }

  private committed(): void {
    this.commits += 1;
    if (this.options.mode !== 'FULL' && this.commits % CHECKPOINT_EVERY === 0) this.checkpoint = this.image();
  }
}
