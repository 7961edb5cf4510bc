import type { SyncStatus } from '#main/api/sync-status.ts';
import { FigureList } from '../../parts/figure-list.tsx';
import { useNow } from '../../parts/use-now.ts';
import { useFacts } from '../../till/till-context.tsx';
import { syncWords } from '../../words/status-words.ts';
import { clockFigure, count, downFigures, upFigures } from '../../words/sync-figures.ts';

const COLOURS = { quiet: 'text-ink', amber: 'text-amber', red: 'text-red' } as const;

/** Whether every sale is on the server and every price is here, with the figures that prove it. */
export function SyncPanel() {
  const sync = useFacts((facts) => facts.status?.sync);
  return sync ? <SyncFigures sync={sync} /> : null;
}

function SyncFigures({ sync }: { readonly sync: SyncStatus }) {
  const now = useNow();
  const words = syncWords(sync, now);
  const clock = clockFigure(sync);
  return (
    <div data-testid="sync-panel" className="rounded-lg border border-edge bg-surface px-4 py-3">
      <p className={`mb-2 text-lg font-semibold first-letter:uppercase ${COLOURS[words.tone]}`}>
        {words.text}
      </p>
      <SendingProgress sync={sync} />
      <FigureList
        figures={[
          ...upFigures(sync, now),
          ...downFigures(sync, now),
          ...(clock.attention === true ? [clock] : []),
          { name: 'Server', value: sync.serverUrl ?? 'none set up' },
        ]}
      />
      {sync.problem !== null && (
        <p className="mt-2 rounded-md bg-amber-soft px-3 py-2 text-sm break-words text-amber">
          Last error: {sync.problem}
        </p>
      )}
      <Quarantined quarantined={sync.quarantined} />
    </div>
  );
}

/** Of a backlog that takes a while; a sale now and then needs no bar. */
const LONG_BACKLOG = 1_000;

function SendingProgress({ sync: { up } }: { readonly sync: SyncStatus }) {
  if (up.waiting < LONG_BACKLOG || up.rate === null) return null;
  return (
    <progress
      aria-label="Events on the server"
      value={up.ackedThrough}
      max={up.lastSeq}
      className="mb-2 h-2 w-full accent-act"
    />
  );
}

/** Events that the server keeps and cannot use. They hold up nothing, but somebody must look at them. */
export function Quarantined({ quarantined }: { readonly quarantined: SyncStatus['quarantined'] }) {
  if (quarantined.count === 0) return null;
  return (
    <section aria-label="Set aside by the server" data-testid="quarantined" className="mt-3">
      <h3 className="font-semibold text-amber">
        {quarantined.count === 1
          ? 'The server has set 1 event aside: call IT'
          : `The server has set ${count(quarantined.count)} events aside: call IT`}
      </h3>
      <ul className="mt-1 text-sm">
        {quarantined.newest.slice(0, 5).map((event) => (
          <li key={event.seq} className="border-t border-edge py-1">
            <span className="font-medium">
              {count(event.seq)} · {event.eventType}
            </span>
            <span className="block break-words text-muted">{event.reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
