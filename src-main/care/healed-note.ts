/** What was done when the database was put back, kept in it for whoever looks at the status weeks later. */
import { z } from 'zod';
import { instantSchema } from '#domain/identifiers.ts';

export const HEALED = 'healed';

export const healedNoteSchema = z.object({ at: instantSchema, text: z.string().min(1) }).nullable();
