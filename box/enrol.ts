import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const enrolledSchema = z.object({ token: z.string() });

/** The key that the server made for itself in its data folder: whoever may read that folder may administer it. */
export function readAdminKey(serverData: string): string {
  return readFileSync(path.join(serverData, 'admin.key'), 'utf8').trim();
}

/** Makes a terminal known to the server. @returns its token, which the server tells only once */
export async function enrolTerminal(
  serverUrl: string,
  adminKey: string,
  terminal: { readonly terminalId: string; readonly locationId: string },
): Promise<string> {
  const response = await fetch(new URL('/api/terminals', serverUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ terminal_id: terminal.terminalId, location_id: terminal.locationId }),
  });
  if (!response.ok)
    throw new Error(`The server did not enrol the till: ${response.status} ${await response.text()}`);
  return enrolledSchema.parse(await response.json()).token;
}

const terminalsSchema = z.object({ terminals: z.array(z.object({ terminal_id: z.string() })) });

export async function isEnrolled(serverUrl: string, adminKey: string, terminalId: string): Promise<boolean> {
  const response = await fetch(new URL('/api/terminals', serverUrl), {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  if (!response.ok) throw new Error(`The server does not list its tills: ${response.status}`);
  const { terminals } = terminalsSchema.parse(await response.json());
  return terminals.some((terminal) => terminal.terminal_id === terminalId);
}
