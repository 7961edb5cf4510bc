import type { Figure } from '../words/sync-figures.ts';

/** Names on the left, values on the right; what somebody should look at is amber. */
export function FigureList({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      {figures.map(({ name, value, attention = false }) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className={`text-right font-medium break-words ${attention ? 'text-amber' : ''}`}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
