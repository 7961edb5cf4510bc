/** Whether two ends have the same records. */
import { createHash } from 'node:crypto';

export interface Numbered {
  readonly seq: number;
  readonly hash: string;
}

/** SHA-256 over the records' own numbers and hashes, in the order of their numbers. Sorts in place. */
export function digestOf(records: Numbered[]): string {
  records.sort((one, other) => one.seq - other.seq);
  const digest = createHash('sha256');
  for (const { seq, hash } of records) digest.update(`${seq} ${hash}\n`);
  return digest.digest('hex');
}
