import { type ReactNode, useState } from 'react';
import type { TillStatus } from '#main/api/views.ts';
import { Button } from '../../parts/button.tsx';
import { FigureList } from '../../parts/figure-list.tsx';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';
import { useNow } from '../../parts/use-now.ts';
import { useKeys } from '../../scanning/use-keys.ts';
import { useFacts, useTill } from '../../till/till-context.tsx';
import { drawerWords, printerWords, syncWords } from '../../words/status-words.ts';
import { type Figure, careFigures, clockFigure, downFigures, upFigures } from '../../words/sync-figures.ts';
import { Quarantined } from '../manager/sync-panel.tsx';

/** For whoever looks after the PCs: the health of this till on one page, and a report to send to somebody. */
export function SystemScreen() {
  const till = useTill();
  const status = useFacts((facts) => facts.status);
  const back = (): void => till.view.setState({ place: 'manager' });
  useKeys({ Escape: back });
  return (
    <>
      <div className="flex shrink-0 items-center gap-2 border-b border-edge bg-surface px-4 py-2">
        <h1 className="mr-auto text-xl font-bold">System</h1>
        <BackUpButton />
        {status && <CopyReportButton status={status} />}
        <Button keyName="Esc" shortcut="Escape" onPress={back} className="h-12" testId="back-to-manager">
          Back
        </Button>
      </div>
      <RefusalNotice className="p-2" />
      {status && <Health status={status} />}
    </>
  );
}

function Health({ status }: { readonly status: TillStatus }) {
  const now = useNow();
  const { sync } = status;
  return (
    <div
      data-testid="system-health"
      className="grid min-h-0 flex-1 grid-cols-2 items-start gap-4 overflow-y-auto p-4"
    >
      <div className="flex flex-col gap-4">
        <Panel title="This till" figures={identityFigures(status)} />
        <Panel
          title="Up: sales to the server"
          figures={[stateFigure(status, now), ...upFigures(sync, now), ...problemFigure(sync.problem)]}
        >
          <Quarantined quarantined={sync.quarantined} />
        </Panel>
      </div>
      <div className="flex flex-col gap-4">
        <Panel title="Disk and backups" figures={careFigures(sync, now)} />
        <Panel
          title="Down: prices, people, stock"
          figures={[...downFigures(sync, now), { name: 'Cursor', value: sync.down.cursor ?? '—' }]}
        />
        <Panel title="Devices" figures={deviceFigures(status)} />
      </div>
    </div>
  );
}

function Panel({
  title,
  figures,
  children,
}: {
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly children?: ReactNode;
}) {
  return (
    <section aria-label={title} className="rounded-lg border border-edge bg-surface px-4 py-3">
      <h2 className="mb-2 text-lg font-bold">{title}</h2>
      <FigureList figures={figures} />
      {children}
    </section>
  );
}

function identityFigures({ storeName, locationId, terminalId, sync }: TillStatus): readonly Figure[] {
  return [
    { name: 'Store', value: `${storeName} (${locationId})` },
    { name: 'Till', value: terminalId },
    { name: 'Enrolment', value: `number ${sync.epoch}` },
    { name: 'Protocol', value: String(sync.protocol) },
    { name: 'Server', value: sync.serverUrl ?? 'none set up' },
    clockFigure(sync),
  ];
}

function deviceFigures({ printer, drawer }: TillStatus): readonly Figure[] {
  const printing = printerWords(printer);
  const opening = drawerWords(drawer);
  return [
    { name: 'Printer', value: printing.text, attention: printing.tone !== 'quiet' },
    { name: 'Receipts waiting', value: String(printer.waiting) },
    { name: 'Drawer', value: opening.text, attention: opening.tone !== 'quiet' },
  ];
}

function stateFigure({ sync }: TillStatus, now: Date): Figure {
  const words = syncWords(sync, now);
  return { name: 'State', value: words.text, attention: words.tone !== 'quiet' };
}

function problemFigure(problem: string | null): readonly Figure[] {
  return problem === null ? [] : [{ name: 'Last error', value: problem, attention: true }];
}

function BackUpButton() {
  const till = useTill();
  const [running, setRunning] = useState(false);
  const backUp = async (): Promise<void> => {
    setRunning(true);
    await till.receipts.backUp();
    setRunning(false);
  };
  return (
    <Button onPress={() => void backUp()} disabled={running} className="h-12" testId="back-up">
      {running ? 'Backing up …' : 'Back up now'}
    </Button>
  );
}

/** The same object that `holdfast-terminal sync-status --json` prints. */
function CopyReportButton({ status }: { readonly status: TillStatus }) {
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(status, null, 2));
      setCopied('yes');
    } catch {
      // A browser that forbids it: the command line prints the same.
      setCopied('no');
    }
  };
  return (
    <Button onPress={() => void copy()} className="h-12" testId="copy-report">
      {copied === null ? 'Copy report' : copied === 'yes' ? 'Report copied' : 'Not allowed here'}
    </Button>
  );
}
