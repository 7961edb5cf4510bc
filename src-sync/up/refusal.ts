/** What a person reads when the server said no to this terminal: what it means, whether he can go on, whom to ask. */
import { assertNever } from '#domain/assert-never.ts';
import type { RefusalCode } from '../engine-status.ts';
import type { LineEnd } from './line-end.ts';

/** @param detail what the server said, or what was found out here; null when there is nothing to add */
export function refusal(code: RefusalCode, terminalId: string, detail: string | null): LineEnd {
  const more = detail === null ? '' : ` (${detail})`;
  return { kind: 'refused', code, message: `${meaning(code, terminalId)}${more}` };
}

function meaning(code: RefusalCode, terminalId: string): string {
  switch (code) {
    case 'unauthorized':
      return `The server does not accept this till as ${terminalId}. It sells on and keeps its sales. Call IT.`;
    case 'protocol_unsupported':
      return 'This till and its server are too far apart in age to understand each other. It sells on and keeps its sales. Update the older one.';
    case 'forked':
      return `The server has another history of terminal ${terminalId} than this till. Nothing was merged; the till sells on. Call IT.`;
    case 'behind':
      return `The server has more of terminal ${terminalId} than this till, whose data is an old copy. Nothing was merged; the till sells on. Call IT.`;
    case 'not_understood':
      return 'The server and this till do not understand each other. It sells on and keeps its sales. Call IT.';
    default:
      return assertNever(code);
  }
}
