/** Looks at what goes over the lines of a till, and notes what the protocol forbids. */
import {
  type Flow,
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  type PushReply,
  type PushRequest,
} from '../protocol/messages.ts';
import { LatestWord } from '../up/latest-word.ts';
import type { OpenLink, SyncLink } from '../sync-link.ts';

const UNDIRECTED: Flow = { maxEvents: MAX_BATCH_EVENTS, maxBytes: MAX_BATCH_BYTES, window: 3, pauseMs: 0 };

export class LineWatch {
  /** What was forbidden, in words; empty when all was well. */
  readonly flaws: string[] = [];
  /** How often events were sent again on the same line, because the server had not wanted them. */
  repeats = 0;
  readonly openLink: OpenLink;

  constructor(openLink: OpenLink, now: () => Date) {
    this.openLink = async (listeners) => {
      const opened = await openLink(listeners);
      return opened.ok ? { ok: true, link: watched(opened.link, now, this) } : opened;
    };
  }
}

function watched(link: SyncLink, now: () => Date, watch: LineWatch): SyncLink {
  const flowWord = new LatestWord();
  let flow = UNDIRECTED;
  let pausedUntil = 0;
  let inFlight = 0;
  let sent = 0;
  let highest = 0;
  /** null before the first batch, and when the server has refused the last ones: the next may begin anew. */
  let next: number | null = null;

  const heed = (told: Flow): void => {
    flow = told;
    pausedUntil = now().getTime() + told.pauseMs;
  };
  const check = ({ from, events }: PushRequest): void => {
    const note = (flaw: string): number => watch.flaws.push(`Event ${from} was sent ${flaw}.`);
    if (now().getTime() < pausedUntil) note('during a pause');
    if (inFlight >= flow.window) note(`beyond the window of ${flow.window}`);
    if (events.length > flow.maxEvents) note(`in a batch of ${events.length} instead of ${flow.maxEvents}`);
    if (next !== null && from !== next) note(`where ${next} was due`);
    if (next === null && inFlight > 0) note('before the window was empty');
    if (from < highest) watch.repeats += 1;
    next = from + events.length;
    highest = Math.max(highest, next);
  };
  const hear = (reply: PushReply, number: number): void => {
    const directs = reply.ok || reply.code === 'paused';
    if (directs && reply.flow && flowWord.isNews(number)) heed(reply.flow);
    if (!reply.ok) next = null;
  };
  return {
    ...link,
    async hello(request) {
      const reply = await link.hello(request);
      if (reply.ok && reply.flow) heed(reply.flow);
      return reply;
    },
    async push(request) {
      check(request);
      inFlight += 1;
      sent += 1;
      const number = sent;
      const reply = await link.push(request);
      inFlight -= 1;
      hear(reply, number);
      return reply;
    },
  };
}
