/**
 * Where the till stands with its server and with its disk: one object, which badge, manager's screen, IT page and
 * `holdfast-terminal sync-status --json` all show. Sizes in bytes, times in seconds where the name does not say more.
 */
import { z } from 'zod';
import { instantSchema } from '#domain/identifiers.ts';

export const syncStateSchema = z.enum([
  /** This till has no server. */
  'off',
  'offline',
  'connecting',
  /** It lost its disk, and its own events come back from the server. */
  'recovering',
  'catching_up',
  'live',
  /** The server said no to this till; a person must look. It sells on. */
  'refused',
]);

export const refusalCodeSchema = z.enum([
  'unauthorized',
  'protocol_unsupported',
  'forked',
  'behind',
  'not_understood',
]);

/** The till's own events on their way up. */
const upSchema = z.object({
  /** Last seq in the local log and last seq the server has. */
  lastSeq: z.int(),
  ackedThrough: z.int(),
  /** Events in the log that the server has not acknowledged. */
  waiting: z.int(),
  /** Of their texts; estimated from a sample where they are many. */
  waitingBytes: z.int(),
  oldestWaitingAt: instantSchema.nullable(),
  rate: z.object({ eventsPerSecond: z.number(), bytesPerSecond: z.number() }).nullable(),
  /** Until nothing waits, at this rate; null while nothing is sent. */
  secondsLeft: z.int().nullable(),
  /** The server has asked to be left alone for a while. */
  paused: z.boolean(),
});

/** Events that the server keeps and cannot use: the newest first. */
const quarantinedSchema = z.object({
  count: z.int(),
  newest: z.array(z.object({ seq: z.int(), eventType: z.string(), reason: z.string(), at: instantSchema })),
});

/** What the server tells: catalogue, people, settings, stock. */
const downSchema = z.object({
  state: z.enum(['idle', 'current', 'pulling', 'loading']),
  snapshot: z
    .object({
      receivedBytes: z.int(),
      totalBytes: z.int(),
      appliedRecords: z.int(),
      totalRecords: z.int(),
    })
    .nullable(),
  /** When the till last took something in; null when it never did. */
  appliedAt: instantSchema.nullable(),
  cursor: z.string().nullable(),
  problem: z.string().nullable(),
});

/** The till's own database. */
const careSchema = z.object({
  databaseBytes: z.int(),
  walBytes: z.int(),
  lastBackupAt: instantSchema.nullable(),
  backupProblem: z.string().nullable(),
  /** Events up to here are in the archive beside the database; 0 when none is. */
  archivedThrough: z.int(),
  archiveProblem: z.string().nullable(),
  /** What was done when the database was put back, in a sentence; null when that never happened. */
  healed: z.string().nullable(),
});

export const syncStatusSchema = z.object({
  state: syncStateSchema,
  refusal: refusalCodeSchema.nullable(),
  /** Since when there is no connection; null while connected. */
  offlineSince: instantSchema.nullable(),
  /** The last error in words; null when the last attempt went well. */
  problem: z.string().nullable(),
  serverUrl: z.string().nullable(),
  protocol: z.int(),
  /** Goes up each time a PC is enrolled under this terminal's name. */
  epoch: z.int(),
  /** Till's clock minus the server's; null before they have spoken. */
  clockSkewMs: z.int().nullable(),
  up: upSchema,
  quarantined: quarantinedSchema,
  down: downSchema,
  care: careSchema,
});
export type SyncStatus = z.infer<typeof syncStatusSchema>;
export type CareStatus = SyncStatus['care'];
