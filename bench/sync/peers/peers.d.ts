/**
 * The parts of the peers' packages that the benchmark calls. They are declared here, because the packages are installed
 * only when they are measured, and are no reason for a type check to fail.
 */
declare module 'express' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http';

  export interface Request extends IncomingMessage {
    readonly body: unknown;
  }
  export interface Response extends ServerResponse {
    json(body: unknown): void;
  }
  export type Handler = (request: Request, response: Response, next: (error: unknown) => void) => void;
  export interface Application {
    use(handler: Handler): void;
    post(path: string, ...handlers: readonly Handler[]): void;
    listen(port: number, host: string, onListening: () => void): Server;
  }
  interface Express {
    (): Application;
    json(options: { readonly limit: string }): Handler;
  }
  const express: Express;
  export default express;
}

declare module 'pouchdb-node' {
  export interface Replication {
    on(event: 'paused', listener: (error?: object) => void): void;
    on(event: 'denied' | 'error', listener: (error: unknown) => void): void;
    cancel(): void;
  }
  export interface ReplicationOptions {
    readonly live: boolean;
    readonly retry: boolean;
    readonly back_off_function: (ms: number) => number;
    readonly batch_size: number;
  }
  export interface DocumentRow<Content> {
    readonly id: string;
    readonly value: { readonly rev: string };
    readonly doc?: Content;
  }
  export interface PageOptions {
    readonly include_docs: boolean;
    readonly startkey: string;
    readonly limit: number;
  }
  class PouchDB {
    static defaults(options: { readonly prefix: string }): typeof PouchDB;
    constructor(name: string);
    readonly replicate: { to(url: string, options: ReplicationOptions): Replication };
    info(): Promise<object>;
    bulkDocs(documents: readonly { readonly _id: string }[]): Promise<readonly object[]>;
    allDocs<Content>(options: PageOptions): Promise<{ readonly rows: readonly DocumentRow<Content>[] }>;
    close(): Promise<void>;
  }
  export default PouchDB;
}

declare module 'express-pouchdb' {
  import type { Handler } from 'express';
  import type PouchDB from 'pouchdb-node';

  export interface Options {
    readonly mode: 'minimumForPouchDB';
    readonly inMemoryConfig: boolean;
    readonly logPath: string;
  }
  export default function expressPouchDB(database: typeof PouchDB, options: Options): Handler;
}

declare module 'rxdb' {
  export interface RxDocument<Content> {
    toJSON(withMeta: true): Content & { readonly _rev: string };
  }
  export interface RxCollection<Content> {
    readonly storageInstance: object;
    readonly conflictHandler: object;
    bulkInsert(documents: readonly Content[]): Promise<{ readonly error: readonly object[] }>;
    find(): { exec(): Promise<readonly RxDocument<Content>[]> };
  }
  export interface RxDatabase {
    readonly token: string;
    addCollections<Content>(collections: {
      readonly events: { readonly schema: object };
    }): Promise<{ readonly events: RxCollection<Content> }>;
  }
  export interface DatabaseOptions {
    readonly name: string;
    readonly storage: object;
    readonly multiInstance: boolean;
  }
  export function createRxDatabase(options: DatabaseOptions): Promise<RxDatabase>;
  export function rxStorageInstanceToReplicationHandler(
    storageInstance: object,
    conflictHandler: object,
    databaseToken: string,
  ): { masterWrite(rows: unknown): Promise<readonly object[]> };
}

declare module 'rxdb/plugins/storage-memory' {
  export function getRxStorageMemory(): object;
}

declare module 'rxdb/plugins/replication' {
  import type { RxCollection } from 'rxdb';

  export interface Replication {
    awaitInitialReplication(): Promise<void>;
  }
  export interface ReplicationOptions<Content> {
    readonly collection: RxCollection<Content>;
    readonly replicationIdentifier: string;
    readonly live: boolean;
    readonly retryTime: number;
    readonly push: {
      readonly batchSize: number;
      /** Answers the server's state of those that it did not take. */
      readonly handler: (rows: readonly unknown[]) => Promise<readonly Content[]>;
    };
  }
  export function replicateRxCollection<Content>(options: ReplicationOptions<Content>): Replication;
}

declare module 'rxdb/plugins/replication-websocket' {
  import type { Server } from 'node:http';
  import type { RxCollection, RxDatabase } from 'rxdb';
  import type { Replication } from 'rxdb/plugins/replication';

  export interface ClientOptions<Content> {
    readonly collection: RxCollection<Content>;
    readonly replicationIdentifier: string;
    readonly live: boolean;
    readonly url: string;
    readonly batchSize: number;
  }
  export function replicateWithWebsocketServer<Content>(
    options: ClientOptions<Content>,
  ): Promise<Replication>;
  export function startWebsocketServer(options: {
    readonly database: RxDatabase;
    readonly host: string;
    readonly port: number;
  }): { readonly server: Server };
}
