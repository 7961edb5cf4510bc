import { Printer } from 'lucide-react';
import { useFacts } from '../../till/till-context.tsx';
import { receiptWords } from '../../words/status-words.ts';

const COLOURS = {
  quiet: 'text-muted',
  amber: 'bg-amber-soft text-amber font-semibold',
  red: 'bg-red-soft text-red font-semibold',
} as const;

/** What became of the paper. The next sale does not wait for it. */
export function PrintState() {
  const printer = useFacts((facts) => facts.status?.printer);
  const copied = useFacts((facts) => facts.reprinted !== null);
  if (!printer) return null;
  const words = receiptWords(printer);
  return (
    <output
      data-testid="print-state"
      data-tone={words.tone}
      className={`flex max-w-lg items-center gap-3 rounded-lg px-4 py-2 ${COLOURS[words.tone]}`}
    >
      <Printer aria-hidden="true" className="size-5 shrink-0" />
      {copied && words.tone === 'quiet' ? 'A copy is being printed.' : words.text}
    </output>
  );
}
