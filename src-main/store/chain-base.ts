/**
 * Where the history of this database begins: behind the last event that the server had when a PC took over from a broken
 * one. What came before is on the server, and was never here.
 */
import { z } from 'zod';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import type { ChainHead } from '#sync/protocol/hash-chain.ts';
import type { ReadHandle, WriteHandle } from './handles.ts';
import { prepareSetting, writeSetting } from './setting-rows.ts';

const KEY = 'chain_base';

export const chainBaseSchema = z.object({
  seq: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

const BEGINNING: ChainHead = { seq: 0, hash: GENESIS_HASH };

/** Seq 0 and the genesis hash for a till whose history is its own from the first event on. */
export function prepareChainBase(store: ReadHandle): () => ChainHead {
  return prepareSetting(store, KEY, chainBaseSchema, BEGINNING);
}

export function writeChainBase(store: WriteHandle, base: ChainHead): void {
  writeSetting(store, KEY, chainBaseSchema.parse(base));
}
