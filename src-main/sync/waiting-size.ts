import type { ReadHandle } from '../store/handles.ts';

/** Reading all of a million events to add up their lengths would cost more than it tells. */
const SAMPLE = 200;

/** About how many bytes of texts wait behind `acked`: the first of them counted, the rest taken to be like them. */
export function waitingSize(store: ReadHandle): (acked: number, waiting: number) => number {
  const sample = store.prepareRead<[number], { readonly counted: number; readonly bytes: number | null }>(`
    SELECT count(*) AS counted, sum(octet_length(payload) + octet_length(metadata)) AS bytes
    FROM (SELECT payload, metadata FROM event_log WHERE seq > ? ORDER BY seq LIMIT ${SAMPLE})`);
  return (acked, waiting) => {
    if (waiting === 0) return 0;
    const row = sample.get(acked);
    if (!row || row.counted === 0 || row.bytes === null) return 0;
    return Math.round((row.bytes / row.counted) * waiting);
  };
}
