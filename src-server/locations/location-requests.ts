import { z } from 'zod';
import { type Caller, nameOf } from '../access/access.ts';
import type { ServerOrigin } from '../log/event-log.ts';

export const ifMatchWhenThere = z.object({
  'if-match': z
    .string()
    .optional()
    .describe('The version that is changed, as its ETag has it: `"3"`. Without it, the record is made'),
});

/** Who changes something of a location, for the metadata of the event. */
export function locationOrigin(caller: Caller, locationId: string): ServerOrigin {
  return { locationId, now: new Date(), metadata: { user_id: nameOf(caller) } };
}
