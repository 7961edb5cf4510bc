import { KeyRound } from 'lucide-react';

/** The link from the console works once: whoever finds it later must not get a till with it. */
export function LinkExpiredScreen() {
  return (
    <section className="m-auto flex max-w-xl flex-col items-center gap-4 p-8 text-center text-balance">
      <KeyRound aria-hidden="true" className="size-14 text-muted" />
      <h1 className="text-xl font-bold">This link has been used or has expired</h1>
      <p className="text-lg text-muted">
        A link opens the till once. Start the till again on its PC, and open the new link that it prints.
        Sales and receipts are safe.
      </p>
    </section>
  );
}
