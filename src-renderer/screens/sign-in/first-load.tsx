import { useFacts } from '../../till/till-context.tsx';
import { loadingWords, waitsForFirstLoad } from '../../words/status-words.ts';

/** A till that was just enrolled knows nobody yet: people and prices come with its first snapshot. */
export function FirstLoad() {
  const refused = useFacts((facts) => facts.refusal !== null);
  const sync = useFacts((facts) => facts.status?.sync);
  if (sync === undefined || refused || !waitsForFirstLoad(sync)) return null;
  return (
    <output data-testid="first-load" className="block text-center font-semibold text-muted">
      {sync.down.state === 'loading' || sync.down.state === 'pulling'
        ? `This till is new: ${loadingWords(sync.down)}`
        : 'This till is new and waits for the server'}
    </output>
  );
}
