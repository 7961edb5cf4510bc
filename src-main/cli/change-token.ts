/** Gives a till the token that its server issued anew, without making it a new till. */
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { changeSyncToken } from '../setup/change-sync-token.ts';
import { readIssuedToken } from '../setup/issued-token.ts';
import { orSayWhy } from './exit-with-reason.ts';

/**
 * From stdin and not from the command line, which every user of the PC can read and the shell keeps.
 * Exit code 0: the till connects with it from its next start on.
 */
export function changeToken({ data }: { readonly data: string }): Promise<void> {
  return orSayWhy(async () => {
    const { token, issuedTo } = readIssuedToken(await givenText());
    const { terminalId, locationId } = changeSyncToken(data, token, issuedTo);
    console.log(`${terminalId} in ${locationId} has the new token. Start the till.`);
  });
}

async function givenText(): Promise<string> {
  if (!process.stdin.isTTY) return text(process.stdin);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question('Token, or the answer of POST /api/terminals: ');
  } finally {
    terminal.close();
  }
}
