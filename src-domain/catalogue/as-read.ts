import { z } from 'zod';

/**
 * What an answer of the catalogue API carries beside the record. A body may carry it back, so that a program can read
 * a record, change it and send it as it is; `version` is then compared with the stored one.
 */
export const asReadFields = {
  version: z.int().min(1).optional(),
  updated_at: z.iso.datetime().optional(),
};
