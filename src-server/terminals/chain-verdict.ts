/** Whether what a terminal says of its history is one with what the server has of it. Decided by hashes, merged never. */
import type { ChainPoint, HelloRequest } from '#sync/protocol/messages.ts';
import type { ForkKind } from './forks.ts';

export type ChainVerdict =
  | { readonly kind: 'continues' }
  | { readonly kind: ForkKind; readonly seq: number; readonly ourHash: string; readonly theirHash: string };

/**
 * @param head ours
 * @param hashAt ours, of the events that the terminal names; undefined where the log does not have it any more
 */
export function judgeChain(
  { head: theirs, acked, recovering }: Pick<HelloRequest, 'head' | 'acked' | 'recovering'>,
  head: ChainPoint,
  hashAt: (seq: number) => string | undefined,
): ChainVerdict {
  // The earlier of the two first: it is nearer to where they parted. What we do not have, we cannot compare.
  const named = [acked, theirs].sort((a, b) => a.seq - b.seq);
  for (const { seq, hash: theirHash } of named) {
    if (seq === 0 || seq > head.seq) continue;
    const ourHash = seq === head.seq ? head.hash : hashAt(seq);
    if (ourHash !== undefined && ourHash !== theirHash) return { kind: 'forked', seq, ourHash, theirHash };
  }
  if (theirs.seq >= head.seq || recovering) return { kind: 'continues' };
  const ourHash = hashAt(theirs.seq) ?? '';
  return { kind: 'behind', seq: theirs.seq, ourHash, theirHash: theirs.hash };
}
