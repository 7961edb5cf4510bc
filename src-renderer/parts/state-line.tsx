import { Cloud, CloudAlert, CloudOff, Inbox, type LucideIcon, Printer, UserRound } from 'lucide-react';
import type { SyncStatus } from '#main/api/sync-status.ts';
import type { TillStatus } from '#main/api/views.ts';
import { useFacts } from '../till/till-context.tsx';
import { type Tone, type Words, drawerWords, printerWords, syncWords } from '../words/status-words.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { useNow } from './use-now.ts';

const COLOURS: Readonly<Record<Tone, string>> = {
  quiet: 'text-muted',
  amber: 'bg-amber-soft text-amber font-semibold',
  red: 'bg-red-soft text-red font-semibold',
};

/** Always there, one line: who, which till, and whether anything is wrong. What is well is grey; what is not, speaks. */
export function StateLine() {
  const status = useFacts((facts) => facts.status);
  return (
    <header
      aria-label="State of the till"
      className="group/line relative flex h-10 shrink-0 items-center gap-1 border-b border-edge bg-surface px-4 text-sm"
    >
      {status && <StateParts status={status} />}
      <ConnectionBanner />
    </header>
  );
}

function StateParts({ status }: { readonly status: TillStatus }) {
  return (
    <>
      {status.person && (
        <span className="flex items-center gap-1.5 pr-2 font-semibold whitespace-nowrap">
          <UserRound aria-hidden="true" className="size-4" />
          {status.person.name}
        </span>
      )}
      <span className="pr-2 whitespace-nowrap text-muted">Till {status.terminalId}</span>
      <Part icon={Printer} words={printerWords(status.printer)} name="Printer" testId="printer-state" />
      <Part icon={Inbox} words={drawerWords(status.drawer)} name="Drawer" testId="drawer-state" />
      <SyncBadge sync={status.sync} />
    </>
  );
}

interface PartProps {
  readonly icon: LucideIcon;
  readonly words: Words;
  readonly name: string;
  readonly testId: string;
}

function Part({ icon: Icon, words, name, testId }: PartProps) {
  return (
    <span
      title={`${name}: ${words.text}`}
      data-testid={testId}
      data-tone={words.tone}
      className={`flex items-center gap-1.5 rounded-md px-2 py-1 ${words.tone === 'quiet' ? 'shrink-0' : 'min-w-0'} ${COLOURS[words.tone]}`}
    >
      <Icon aria-hidden="true" className="size-4 shrink-0" />
      {/* When something asks for an action, what is well makes room for its sentence. */}
      <span className={words.tone === 'quiet' ? 'group-has-data-[tone=red]/line:sr-only' : 'truncate'}>
        {words.text}
      </span>
    </span>
  );
}

function SyncBadge({ sync }: { readonly sync: SyncStatus }) {
  const words = syncWords(sync, useNow());
  const Icon = words.tone === 'red' ? CloudAlert : sync.offlineSince === null ? Cloud : CloudOff;
  return (
    <output
      title={sync.problem ?? words.text}
      data-testid="sync-badge"
      data-state={sync.state}
      data-waiting={sync.up.waiting}
      className={`ml-auto flex shrink-0 items-center gap-1.5 rounded-md px-2 py-1 ${COLOURS[words.tone]}`}
    >
      <Icon aria-hidden="true" className="size-4 shrink-0" />
      <span className="whitespace-nowrap">{words.text}</span>
    </output>
  );
}
