import type { ReactNode } from 'react';
import type { SyncStatus } from '#main/api/views.ts';
import { useNow } from '../../parts/use-now.ts';
import { useFacts } from '../../till/till-context.tsx';
import { clockTime, waitingTime } from '../../words/dates.ts';
import { syncWords } from '../../words/status-words.ts';

const COLOURS = { quiet: 'text-ink', amber: 'text-amber', red: 'text-red' } as const;

/** Whether every sale is on the server, with the figures that prove it. */
export function SyncPanel() {
  const sync = useFacts((facts) => facts.status?.sync);
  return sync ? <SyncFigures sync={sync} /> : null;
}

function SyncFigures({ sync }: { readonly sync: SyncStatus }) {
  const now = useNow();
  const words = syncWords(sync, now);
  return (
    <div data-testid="sync-panel" className="rounded-lg border border-edge bg-surface px-4 py-3">
      <p className={`mb-2 text-lg font-semibold first-letter:uppercase ${COLOURS[words.tone]}`}>
        {words.text}
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <Row name="Waiting">{sync.waiting.toLocaleString('en-US')} events</Row>
        <Row name="Acknowledged">
          {sync.ackedThrough.toLocaleString('en-US')} of {sync.lastSeq.toLocaleString('en-US')}
        </Row>
        <Row name="Oldest waiting">{sinceWords(sync.oldestWaitingAt, now)}</Row>
        <Row name="Offline since">{sinceWords(sync.offlineSince, now)}</Row>
        <Row name="Server">{sync.serverUrl ?? 'none set up'}</Row>
      </dl>
      {sync.problem !== null && (
        <p className="mt-2 rounded-md bg-amber-soft px-3 py-2 text-sm break-words text-amber">
          Last error: {sync.problem}
        </p>
      )}
    </div>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="text-right font-medium break-all">{children}</dd>
    </>
  );
}

function sinceWords(instant: string | null, now: Date): string {
  if (instant === null) return '—';
  const time = waitingTime(instant, now);
  return time === null ? clockTime(instant, now) : `${clockTime(instant, now)} (${time})`;
}
