/** Who takes part: a way to bring the same events from a client to a server, each a process of its own. */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Arrived } from './end-process.ts';
import type { End } from './start-end.ts';

/** What is to be brought over, in the forms that the contenders start from. */
export interface Backlog {
  readonly events: readonly EventRecord[];
  /** The till's data folder; whoever measures copies it. */
  readonly till: string;
  /** The same events, one JSON text a line. */
  readonly recordsFile: string;
  readonly digest: string;
  /** Of all events as JSON. */
  readonly bytes: number;
}

export interface Contender {
  readonly name: string;
  /** An empty server, and a client that has everything and has sent nothing. `run` is unlike that of any other call. */
  open(run: string): Promise<OpenContender>;
}

export interface OpenContender {
  readonly client: End;
  readonly serverPid: number;
  readonly serverPort: number;
  /** The first process of the database behind the server, where it has one. */
  readonly databasePid?: number;
  look(): Promise<Arrived>;
  close(): Promise<void>;
}
