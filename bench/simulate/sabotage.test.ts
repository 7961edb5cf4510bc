/**
 * An invariant is worth what it notices. Here something is broken on purpose, from outside, one thing at a time, and one of a
 * few seeds must end with a violation that tells of it.
 */
import { describe, expect, test } from 'vitest';
import type { SyncLink } from '#sync/sync-link.ts';
import { runPlan } from './run-seed.ts';
import type { Sabotage } from './till/sabotage.ts';
import { type Trouble, planOf } from './world/plan.ts';

const SEEDS = 60;

async function firstViolation({ sabotage, troubles }: Broken): Promise<string | null> {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const plan = planOf(seed);
    const { violation } = await runPlan(
      { ...plan, troubles: troubles ?? plan.troubles, slowness: troubles ? 20 : plan.slowness },
      { sabotage: sabotage() },
    );
    if (violation !== null) return violation;
  }
  return null;
}

interface Broken {
  readonly what: string;
  readonly sabotage: () => Sabotage;
  /** Where it takes a trouble of this kind; all that the seeds have otherwise. */
  readonly troubles?: readonly Trouble[];
  /** What must be noticed of it. */
  readonly noticed: RegExp;
}

const UP: readonly Broken[] = [
  {
    what: 'a batch counts as acknowledged before the answer',
    sabotage: () => ({
      openLink: overLink((link) => ({
        push: async (request) => {
          void link.push(request).catch(() => undefined);
          return { ok: true, ackedThrough: request.from + request.events.length - 1 };
        },
      })),
    }),
    noticed: /the server never had more than/,
  },
  {
    what: 'after silence the engine guesses that the batch arrived',
    sabotage: () => ({
      openLink: overLink((link) => ({
        push: (request) =>
          link
            .push(request)
            .catch(() => ({ ok: true, ackedThrough: request.from + request.events.length - 1 }) as const),
      })),
    }),
    noticed: /the server never had more than/,
  },
  {
    what: 'the till does not believe a server that was put back and has less than before',
    sabotage: () => ({
      openLink: overLink((link) => ({
        hello: async (request) => {
          const reply = await link.hello(request);
          const { seq, hash } = request.acked;
          return reply.ok && reply.ackedThrough < seq
            ? { ...reply, ackedThrough: seq, headHash: hash }
            : reply;
        },
      })),
    }),
    troubles: ['server put back'],
    noticed: /not in step|events, the server/,
  },
  {
    what: 'a wake-up while a batch is under way is lost',
    sabotage: () => {
      const seen = new Map<string, number>();
      return {
        // The engine knows of no more than it was woken for.
        outbox: (outbox, till) => {
          seen.set(till, outbox.head().seq);
          const known = (): number => seen.get(till) ?? 0;
          return {
            ...outbox,
            read: (from, bounds) => outbox.read(from, bounds).filter(({ seq }) => seq <= known()),
          };
        },
        wake: (wake, { name, isSending }) => {
          if (isSending) return;
          seen.set(name, Number.POSITIVE_INFINITY);
          wake();
          seen.set(name, 0);
        },
      };
    },
    noticed: /not in step/,
  },
  {
    what: 'events change their order within a batch',
    sabotage: () => ({
      outbox: (outbox) => ({ ...outbox, read: (from, bounds) => outbox.read(from, bounds).toReversed() }),
    }),
    noticed: /is refused \(not_understood\)/,
  },
  {
    troubles: ['server directs', 'server pauses'],
    what: 'the engine does not hear what the server can take',
    sabotage: () => ({
      openLink: overLink((link) => ({
        push: async (request) => {
          const { flow: _unheard, ...reply } = await link.push(request);
          return reply;
        },
      })),
    }),
    noticed: /where the server takes|in a pause/,
  },
  {
    what: 'the server keeps twice what it is sent twice',
    sabotage: () => ({
      ingest: (ingest, state) => ({
        ...ingest,
        push: (terminalId, request, now) => {
          const terminal = state.terminals.get(terminalId);
          const reply = ingest.push(terminalId, request, now);
          if (terminal && reply.ok && request.from <= terminal.events.length)
            state.terminals.set(terminalId, { ...terminal, events: [...terminal.events, ...request.events] });
          return reply;
        },
      }),
    }),
    troubles: ['bad weather', 'line breaks'],
    noticed: /is not its own|is refused/,
  },
  {
    what: 'a commit is not on the disk when it returns (synchronous=NORMAL)',
    sabotage: () => ({ syncMode: 'NORMAL' }),
    noticed: /are nowhere|is refused|is not its own/,
  },
  {
    what: 'the server does not look whether a terminal has less than itself',
    sabotage: () => ({
      ingest: (ingest) => ({
        ...ingest,
        hello: (terminalId, request, now) => ingest.hello(terminalId, { ...request, recovering: true }, now),
      }),
    }),
    troubles: ['copied folder'],
    noticed: /no record of the copied data folder/,
  },
  {
    what: 'long waits are no waits',
    sabotage: () => ({ wait: (ms) => (ms > 10_000 ? 1 : ms) }),
    noticed: /messages within a minute|messages in \d+ minutes of silence|live\/pulling/,
  },
];

const DOWN: readonly Broken[] = [
  {
    what: 'the cursor is saved without its page',
    sabotage: () => ({
      mirror: (mirror) => ({
        ...mirror,
        applyPage: ({ to, more, stock_through }, at) =>
          mirror.applyPage(
            {
              to,
              more,
              stock_through,
              merchandise_codes: [],
              items: [],
              promotions: [],
              staff: [],
              settings: null,
              stock: [],
            },
            at,
          ),
      }),
    }),
    noticed: /instead of|, on the server/,
  },
  {
    what: 'own movements behind stock_through are forgotten',
    sabotage: () => ({
      mirror: (mirror) => ({
        ...mirror,
        applyPage: (page, at) => mirror.applyPage({ ...page, stock_through: Number.MAX_SAFE_INTEGER }, at),
      }),
    }),
    noticed: /stands at -?\d+ instead of/,
  },
  {
    what: 'own movements are added that the figure has already',
    sabotage: () => ({
      mirror: (mirror) => ({
        ...mirror,
        applyPage: (page, at) => mirror.applyPage({ ...page, stock_through: 0 }, at),
      }),
    }),
    noticed: /stands at -?\d+ instead of/,
  },
  {
    what: 'deletions do not travel',
    sabotage: () => ({
      mirror: (mirror) => ({
        ...mirror,
        applyPage: (page, at) =>
          mirror.applyPage({ ...page, items: page.items.filter((item) => !('deleted' in item)) }, at),
      }),
    }),
    noticed: /item SKU-\d+ is .*, on the server not there/,
  },
  {
    what: 'a till holds itself for current and asks for nothing more',
    sabotage: () => ({
      openLink: overLink((link) => ({
        pullChanges: async (request) => {
          const answer = await link.pullChanges(request);
          if (answer.ok || request.after === null) return answer;
          return { ...EMPTY_PAGE, ok: true, to: request.after };
        },
      })),
    }),
    noticed: /not in step/,
  },
];

describe.each([
  ['up', UP],
  ['down', DOWN],
] as const)('on the way %s it is noticed that', (_way, broken) => {
  test.each(broken)(
    '$what',
    async (one) => {
      expect(await firstViolation(one)).toMatch(one.noticed);
    },
    60_000,
  );
});

const EMPTY_PAGE = {
  more: false,
  merchandise_codes: [],
  items: [],
  promotions: [],
  staff: [],
  settings: null,
  stock: [],
  stock_through: 0,
};

function overLink(change: (link: SyncLink) => Partial<SyncLink>): NonNullable<Sabotage['openLink']> {
  return (open) => async (listeners) => {
    const opened = await open(listeners);
    return opened.ok ? { ok: true, link: { ...opened.link, ...change(opened.link) } } : opened;
  };
}
