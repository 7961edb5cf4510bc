/** Reads an `app.asar` by the format's own description, independently of what wrote it. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const fileSchema = z.object({
  size: z.int(),
  /** Missing for a file that lies in `app.asar.unpacked`. */
  offset: z.string().optional(),
  unpacked: z.boolean().optional(),
});
const folderSchema = z.object({
  get files() {
    return z.record(z.string(), z.union([folderSchema, fileSchema]));
  },
});

export interface ArchivedFile {
  /** From the archive's root, with `/`. */
  readonly name: string;
  readonly unpacked: boolean;
  /** Undefined for an unpacked file. */
  readonly content: Buffer | undefined;
}

/** Four little-endian words (the second is the header's size, the fourth the length of its JSON), the JSON, the files. */
export function readAsar(file: string): readonly ArchivedFile[] {
  const bytes = readFileSync(file);
  const dataStart = 8 + bytes.readUInt32LE(4);
  const header: unknown = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12)));
  const files: ArchivedFile[] = [];

  function walk(folder: z.infer<typeof folderSchema>, prefix: string): void {
    for (const [name, entry] of Object.entries(folder.files)) {
      if ('files' in entry) {
        walk(entry, `${prefix}${name}/`);
        continue;
      }
      const start = dataStart + Number(entry.offset);
      files.push({
        name: prefix + name,
        unpacked: entry.unpacked === true,
        content: entry.offset === undefined ? undefined : bytes.subarray(start, start + entry.size),
      });
    }
  }
  walk(folderSchema.parse(header), '');
  return files;
}
