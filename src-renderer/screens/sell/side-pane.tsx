import type { ReactNode } from 'react';
import { Button } from '../../parts/button.tsx';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';
import { useTill } from '../../till/till-context.tsx';

/** What stands in for the quick keys, with the way back. The sale stays in view and scanning goes on. */
export function SidePane({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const till = useTill();
  return (
    <section aria-label={title} className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-4">
        <h2 className="text-lg font-bold">{title}</h2>
        <Button keyName="Esc" shortcut="Escape" onPress={() => till.view.setState({ pane: 'keys' })}>
          Back
        </Button>
      </div>
      <RefusalNotice only={['receipts']} />
      {children}
    </section>
  );
}
