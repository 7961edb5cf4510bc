/**
 * What of this terminal's events the server keeps and cannot use. Its answers tell how many there are; which ones is asked
 * only when that number has changed, and once on each line.
 */
import type { UpStatus } from '../engine-status.ts';
import type { QuarantinedEvent } from '../protocol/messages.ts';
import type { SyncLink } from '../sync-link.ts';
import { type LineEnd, messageOf, unknown } from './line-end.ts';

export interface QuarantineListeners {
  readonly onChange: () => void;
  readonly onEnd: (end: LineEnd) => void;
}

export class QuarantineList {
  private readonly listeners: QuarantineListeners;
  private known: UpStatus['quarantined'] = { count: 0, newest: [] };
  private link: SyncLink | null = null;
  /** How many there were when the list was last read on this line; null before. */
  private listed: number | null = null;
  /** What was told last, and not yet looked into. */
  private heard: number | null = null;
  private asking = false;

  constructor(listeners: QuarantineListeners) {
    this.listeners = listeners;
  }

  current(): UpStatus['quarantined'] {
    return this.known;
  }

  lineOpened(link: SyncLink): void {
    this.lineLost();
    this.link = link;
  }

  /** What was known stays: it is still the best that can be shown. */
  lineLost(): void {
    this.link = null;
    this.listed = null;
    this.heard = null;
    this.asking = false;
  }

  /** @param count as an answer of the server told it; undefined when it told nothing */
  tell(count: number | undefined): void {
    if (count === undefined) return;
    this.heard = count;
    if (!this.asking) void this.look();
  }

  private async look(): Promise<void> {
    const { link } = this;
    if (link === null) return;
    while (this.heard !== null) {
      const count = this.heard;
      this.heard = null;
      if (count === this.listed) continue;
      this.learn(count, count === 0 ? [] : this.known.newest);
      if (count === 0) {
        this.listed = 0;
        continue;
      }
      this.asking = true;
      try {
        const reply = await link.listQuarantined();
        if (this.link !== link) return;
        // "Not now" does no harm: the next number that is told asks again.
        if (reply.ok) {
          this.listed = reply.count;
          this.learn(reply.count, reply.events);
        }
      } catch (error) {
        if (this.link === link) this.listeners.onEnd(unknown(messageOf(error)));
        return;
      }
      this.asking = false;
    }
  }

  private learn(count: number, newest: readonly QuarantinedEvent[]): void {
    this.known = { count, newest };
    this.listeners.onChange();
  }
}
