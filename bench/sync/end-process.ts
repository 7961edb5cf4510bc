/**
 * One end of a replication in a process of its own, as that process sees it: what the benchmark asks of it over Node's
 * channel between processes, and how it answers. The peers' scripts import this file, so it stays free of packages.
 */

/** What a server has when all is said and done. */
export interface Arrived {
  readonly records: number;
  /** Records that it was made to write more than once. */
  readonly rewritten: number;
  /** {@link digestOf} what it has: nothing is missing, changed or doubled. */
  readonly digest: string;
}

export type Question = { readonly ask: 'replicate'; readonly port: number } | { readonly ask: 'look' };

export type Answer =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'replicated'; readonly seconds: number }
  | ({ readonly kind: 'arrived' } & Arrived)
  | { readonly kind: 'failed'; readonly message: string };

export interface EndWork {
  /** Client: sends all that it has to that port of this machine; resolves when the server has it and the client knows. */
  replicate?(port: number): Promise<void>;
  /** Server: looks at what came. */
  look?(): Promise<Arrived>;
}

/** Says that this end is ready, and serves the parent until it lets go of the channel: then this process ends. */
export function serveEnd(work: EndWork, port = 0): void {
  process.on('message', (question: Question) => {
    answerTo(question, work)
      .catch((error: unknown): Answer => ({ kind: 'failed', message: String(error) }))
      .then(say, say);
  });
  process.on('disconnect', () => process.exit());
  say({ kind: 'ready', port });
}

function say(answer: Answer): void {
  process.send?.(answer);
}

async function answerTo(question: Question, work: EndWork): Promise<Answer> {
  switch (question.ask) {
    case 'replicate': {
      if (work.replicate === undefined) throw new Error('This end sends nothing');
      const started = performance.now();
      await work.replicate(question.port);
      return { kind: 'replicated', seconds: (performance.now() - started) / 1000 };
    }
    case 'look': {
      if (work.look === undefined) throw new Error('This end receives nothing');
      return { kind: 'arrived', ...(await work.look()) };
    }
  }
}
