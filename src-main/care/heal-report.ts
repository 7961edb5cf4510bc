/** What was done when a till was put together again, for its log and its screen. */

export interface HealReport {
  /** The backup it was made from; null when from nothing but the till's name. */
  readonly backup: { readonly name: string; readonly seq: number; readonly madeAt: string | null } | null;
  /** Events that were read from the damaged database and the archive beside it. */
  readonly salvaged: number;
  /** It was read to its end: what the server did not have yet is there too. */
  readonly tailWhole: boolean;
  /** The rest of the history comes from the server. */
  readonly fromServer: boolean;
  /** Folder with the damaged files; null when there were none. */
  readonly aside: string | null;
  /** All of it in words. */
  readonly text: string;
}

export function healedText(report: Omit<HealReport, 'text' | 'aside'>): string {
  const { backup, salvaged, tailWhole, fromServer } = report;
  return [
    backup === null
      ? 'The database of this till was lost; a new one was made.'
      : `The database of this till was damaged; it was put back from the backup ${backup.name}.`,
    ...(salvaged === 0 ? [] : [`${salvaged} later events were read from the damaged till's own files.`]),
    ...(fromServer ? ['What the server has of this till comes back from there.'] : []),
    ...(tailWhole
      ? []
      : ['Sales that had not reached the server may be missing: look through the paper receipts.']),
    'The open sale was dropped. Receipt numbers leave a gap. The damaged files are kept in the data folder.',
  ].join(' ');
}
