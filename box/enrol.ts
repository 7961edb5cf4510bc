import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { EnrolError } from '#main/setup/enrol-error.ts';
import { enrolTill } from '#main/setup/enrol-till.ts';
import type { TerminalSettings } from '#main/store/settings-store.ts';
import { asker } from './ask-server.ts';
import { DEMO_LOCATION, DEMO_TERMINAL } from './demo-shop.ts';

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

const codeSchema = z.object({ code: z.string() });

export interface EnrolByCodeOptions {
  readonly folder: string;
  /** Keeps the code until the till is there: a start that is stopped in between asks with the same one, and gets the same answer. */
  readonly codeFile: string;
  readonly printer: TerminalSettings['printer'];
}

/** Makes the demo's till as IT makes one. */
export async function enrolByCode(
  serverUrl: string,
  adminKey: string,
  { folder, codeFile, printer }: EnrolByCodeOptions,
): Promise<void> {
  const make = (code: string) => enrolTill({ folder, serverUrl, code, printer, now: new Date() });
  const newCode = async (): Promise<string> => {
    const body = { terminal_id: DEMO_TERMINAL, location_id: DEMO_LOCATION };
    const answer = await asker(serverUrl, adminKey)({ method: 'POST', path: '/api/enrolment-codes', body });
    const { code } = codeSchema.parse(answer);
    writeFileSync(codeFile, code, { mode: 0o600 });
    return code;
  };
  if (existsSync(codeFile)) {
    try {
      await make(readFileSync(codeFile, 'utf8'));
    } catch (error) {
      // Too old by now.
      if (!(error instanceof EnrolError && error.code === 'code_refused')) throw error;
      await make(await newCode());
    }
  } else await make(await newCode());
  rmSync(codeFile, { force: true });
}
