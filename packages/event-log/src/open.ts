import { createBuiltInCodecs } from './codecs/built-in-codecs.ts';
import type { RecordCodecs } from './codecs/record-codecs.ts';
import type { Events } from './events.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { Metrics } from './metrics.ts';
import { createSqliteEvents } from './sqlite/events.ts';
import { openSqliteFile } from './sqlite/file.ts';
import { createSqliteMailboxes } from './sqlite/mailboxes.ts';

export interface EventLog {
  readonly events: Events;
  readonly mailboxes: Mailboxes;
  /** What the records on its topics are written with. */
  readonly codecs: RecordCodecs;
  /** Closes both; what was accepted is durable, or refused, when it resolves. */
  close(): Promise<void>;
}

/**
 * The embedded event log: one file (made with mode 0600 in an existing folder), one connection. Several processes of one
 * machine may have it open. Throws when the file cannot be opened or was written by a newer version. `now`: Unix milliseconds.
 */
export function openSqliteEventLog(options: {
  readonly file: string;
  readonly now?: () => number;
  readonly metrics?: Metrics;
}): EventLog {
  const file = openSqliteFile(options.file, options.now, options.metrics);
  const events = createSqliteEvents(file);
  const mailboxes = createSqliteMailboxes(file);
  return {
    events,
    mailboxes,
    codecs: createBuiltInCodecs(),
    async close() {
      await Promise.all([events.close(), mailboxes.close()]);
      await file.close();
    },
  };
}
