import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether these bytes stand anywhere in the files of a folder. */
export const holds = (folder: string, bytes: Buffer | string): boolean =>
  readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(bytes));
