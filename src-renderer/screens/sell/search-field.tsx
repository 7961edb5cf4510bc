import { Search, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTill, useView } from '../../till/till-context.tsx';
import { SEARCH_FIELD } from './search-ids.ts';

/** Typing anywhere comes here. It takes the focus with the first letter, so that caret keys and a screen reader work in it. */
export function SearchField() {
  const till = useTill();
  const text = useView((view) => view.searchText);
  const field = useRef<HTMLInputElement>(null);
  const searching = text !== '';
  useEffect(() => {
    if (searching) field.current?.focus();
    else field.current?.blur();
  }, [searching]);

  return (
    <div className="relative shrink-0 p-4 pb-3">
      <Search aria-hidden="true" className="pointer-events-none absolute top-8 left-8 size-6 text-muted" />
      <input
        ref={field}
        id={SEARCH_FIELD}
        data-testid="search"
        type="search"
        aria-label="Search items"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        placeholder="Type to search, or scan"
        value={text}
        onChange={(event) => void till.search.type(event.target.value)}
        className="h-14 w-full rounded-lg border border-strong-edge bg-surface pr-14 pl-13 text-lg select-text [&::-webkit-search-cancel-button]:hidden placeholder:text-muted"
      />
      {searching && (
        <button
          type="button"
          aria-label="Clear the search"
          aria-keyshortcuts="Escape"
          onClick={() => till.search.clear()}
          className="absolute top-5.5 right-6 flex size-11 items-center justify-center rounded-md text-muted active:bg-pressed"
        >
          <X aria-hidden="true" className="size-6" />
        </button>
      )}
    </div>
  );
}
