import { CircleX, ListChecks, LogOut, type LucideIcon, PackageSearch, Printer, SunMoon } from 'lucide-react';
import { useState } from 'react';
import type { PrinterStatus } from '#main/api/views.ts';
import { Keycap } from '../../parts/keycap.tsx';
import { useListArrows } from '../../parts/use-list-arrows.ts';
import { useTyping } from '../../scanning/use-typing.ts';
import { useFacts, useTill } from '../../till/till-context.tsx';
import { chooseTheme, savedTheme, themes } from '../../view/theme.ts';
import { emptyQueueWords } from '../../words/status-words.ts';
import { SidePane } from './side-pane.tsx';

interface Entry {
  readonly icon: LucideIcon;
  readonly name: string;
  readonly detail: string;
  readonly open: () => void;
}

/** What is needed now and then. Each entry has a digit; the arrow keys work too. */
export function MorePane() {
  const entries = useEntries();
  const list = useListArrows<HTMLUListElement>(true);
  useTyping((character) => {
    const entry = entries[Number(character) - 1];
    entry?.open();
    return entry !== undefined;
  });
  return (
    <SidePane title="More">
      <ul {...list} className="flex flex-col gap-2">
        {entries.map(({ icon: Icon, name, detail, open }, index) => (
          <li key={name}>
            <button
              type="button"
              onClick={open}
              aria-keyshortcuts={String(index + 1)}
              className="flex min-h-16 w-full items-center gap-4 rounded-lg border border-edge bg-surface px-4 py-2 text-left active:bg-pressed"
            >
              <Icon aria-hidden="true" className="size-6 shrink-0 text-muted" />
              <span className="min-w-0 flex-1">
                <span className="block font-semibold">{name}</span>
                <span className="block text-sm text-muted">{detail}</span>
              </span>
              <Keycap name={String(index + 1)} />
            </button>
          </li>
        ))}
      </ul>
    </SidePane>
  );
}

function useEntries(): readonly Entry[] {
  const till = useTill();
  const [theme, setTheme] = useState(savedTheme);
  const printer = useFacts((facts) => facts.status?.printer);
  const lowStock = useFacts((facts) => facts.status?.lowStockCount ?? 0);
  const lineCount = useFacts((facts) => facts.sale?.lines.length ?? 0);
  const person = useFacts((facts) => facts.status?.person);

  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  const entries: Entry[] = [
    {
      icon: Printer,
      name: 'Recent sales',
      detail: 'Print a copy of a receipt',
      open: () => till.view.setState({ pane: 'receipts' }),
    },
    {
      icon: ListChecks,
      name: 'Print queue',
      detail: printer ? queueWords(printer) : '',
      open: () => till.view.setState({ pane: 'print_queue' }),
    },
    {
      icon: SunMoon,
      name: 'Light or dark',
      detail: `${THEME_WORDS[theme]} · next: ${THEME_WORDS[nextTheme]}`,
      open: () => {
        chooseTheme(nextTheme);
        setTheme(nextTheme);
      },
    },
    {
      icon: LogOut,
      name: 'Sign out',
      detail: 'The sale stays on the till',
      open: () => void till.session.signOut(),
    },
  ];
  if (person?.role === 'manager') {
    entries.push({
      icon: PackageSearch,
      name: 'Manager',
      detail: `${lowStock} low on stock, sync, print queue`,
      open: () => till.view.setState({ place: 'manager' }),
    });
  }
  if (lineCount > 0) {
    // The last one: More and a hasty Enter must not throw the customer's basket away.
    entries.push({
      icon: CircleX,
      name: 'Cancel the sale',
      detail: 'Takes every line back',
      open: () => {
        till.view.setState({ pane: 'keys' });
        void till.sale.cancel();
      },
    });
  }
  return entries;
}

function queueWords(printer: PrinterStatus): string {
  return printer.waiting === 0 ? emptyQueueWords(printer) : `${printer.waiting} waiting`;
}

const THEME_WORDS = { system: 'as the PC', light: 'light', dark: 'dark' } as const;
