import type { Trace } from './trace.ts';

/** Records that came to a user who had got them before, over all restarts of the client. */
export function redeliveries({ events }: Trace): number {
  const arrived = new Set<string>();
  let again = 0;
  for (const event of events) {
    if (event.is !== 'record') continue;
    const record = `${event.user} ${event.id}`;
    if (arrived.has(record)) again += 1;
    arrived.add(record);
  }
  return again;
}
