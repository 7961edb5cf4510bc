import type { PrintJob } from '#main/api/views.ts';
import { Button } from '../../parts/button.tsx';
import { useAnswer } from '../../parts/use-answer.ts';
import { useListArrows } from '../../parts/use-list-arrows.ts';
import { useNow } from '../../parts/use-now.ts';
import { useFacts, useTill } from '../../till/till-context.tsx';
import { clockTime } from '../../words/dates.ts';
import { emptyQueueWords } from '../../words/status-words.ts';

/** Receipts that have not come out. Each waits here until it is printed, or until somebody has found its paper. */
export function PrintQueue({ takesFocus = false }: { readonly takesFocus?: boolean }) {
  const till = useTill();
  const printer = useFacts((facts) => facts.status?.printer);
  const jobs = useAnswer(
    () => till.receipts.printJobs(),
    (status) => JSON.stringify(status.printer),
  );
  const list = useListArrows<HTMLUListElement>(takesFocus && jobs !== undefined && jobs.length > 0);
  if (!jobs) return null;
  if (jobs.length === 0) {
    return (
      <p data-testid="print-queue" className="py-4 text-muted">
        {printer && `${emptyQueueWords(printer)}.`}
      </p>
    );
  }
  return (
    <ul {...list} data-testid="print-queue" aria-label="Receipts waiting" className="flex flex-col gap-2">
      {jobs.map((job) => (
        <QueuedReceipt key={job.jobId} job={job} />
      ))}
    </ul>
  );
}

function QueuedReceipt({ job }: { readonly job: PrintJob }) {
  const till = useTill();
  const now = useNow();
  return (
    <li
      data-testid="print-job"
      data-state={job.state}
      className="flex min-h-16 items-center gap-3 rounded-lg border border-edge bg-surface py-2 pr-2 pl-4"
    >
      <span className="min-w-0 flex-1">
        <span className="block truncate font-semibold">{job.receiptNumber}</span>
        <span className={`block text-sm ${job.problem === null ? 'text-muted' : 'text-red'}`}>
          {job.problem ?? STATE_WORDS[job.state]}
        </span>
        <span className="block text-sm text-muted">
          {job.copy && 'copy · '}since {clockTime(job.createdAt, now)} ·{' '}
          {job.attempts === 1 ? 'tried once' : `tried ${job.attempts} times`}
        </span>
      </span>
      <span className="flex shrink-0 flex-col gap-2">
        <Button
          onPress={() => void till.receipts.retry(job.jobId)}
          disabled={job.state === 'printing'}
          className="h-12"
          label={`Try ${job.receiptNumber} again`}
          testId="retry-print"
        >
          Try again
        </Button>
        {job.state === 'held' && (
          <Button
            onPress={() => void till.receipts.dismiss(job.jobId)}
            className="h-12"
            label={`${job.receiptNumber}: it came out`}
            testId="dismiss-print"
          >
            It came out
          </Button>
        )}
      </span>
    </li>
  );
}

const STATE_WORDS = {
  held: 'The printer does not answer.',
  waiting: 'Waiting for its turn',
  printing: 'Printing',
  printed: 'Printed',
  dismissed: 'It came out',
} as const;
