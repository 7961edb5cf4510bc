/** The events as the benchmark hands them to the peers: one JSON text a line, in a file. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** An event of a till; the fields that nobody looks at here travel all the same. */
export interface PeerRecord {
  readonly eventId: string;
  readonly seq: number;
  readonly hash: string;
}

const PAGE = 1_000;

export async function* recordsIn(file: string): AsyncGenerator<PeerRecord[]> {
  let page: PeerRecord[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    // The benchmark has written it a moment ago.
    page.push(JSON.parse(line) as PeerRecord);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
