import type { ReportedMessage } from './client-protocol.ts';
import type { TraceEvent } from './trace.ts';

/** The trace of a schedule while it runs. */
export interface Recorder {
  readonly events: readonly TraceEvent[];
  add(event: TraceEvent): void;
  /** What a user shows now, by id; empty while nothing was heard. */
  shown(user: string): ReadonlyMap<number, ReportedMessage>;
  /** Asked after each event, and at once. False when it did not become true within `ms` milliseconds. */
  until(condition: () => boolean, ms: number): Promise<boolean>;
}

export function createRecorder(users: readonly string[]): Recorder {
  const events: TraceEvent[] = [];
  const shown = new Map(users.map((user) => [user, new Map<number, ReportedMessage>()]));
  const waiting = new Set<() => void>();
  let scheduled = false;

  function apply(event: TraceEvent): void {
    if (event.is === 'fault') return;
    const messages = shown.get(event.user);
    if (event.is === 'opened' || event.is === 'listed') messages?.clear();
    if (event.is === 'opened' || event.is === 'listed')
      for (const message of event.messages) messages?.set(message.id, message);
    if (event.is === 'kept')
      for (const { id, contact } of [...(messages?.values() ?? [])])
        if (contact === event.contact && !event.ids.includes(id)) messages?.delete(id);
    if (event.is === 'written' || event.is === 'message') messages?.set(event.message.id, event.message);
  }

  return {
    events,
    add(event) {
      events.push(event);
      apply(event);
      if (scheduled) return;
      scheduled = true;
      // Once for all that has come at the same time.
      setImmediate(() => {
        scheduled = false;
        for (const ask of waiting) ask();
      });
    },
    shown: (user) => shown.get(user) ?? new Map(),
    until: (condition, ms) =>
      new Promise((resolve) => {
        const finish = (met: boolean): void => {
          clearTimeout(timer);
          waiting.delete(ask);
          resolve(met);
        };
        const ask = (): void => void (condition() && finish(true));
        const timer = setTimeout(() => finish(false), ms);
        waiting.add(ask);
        ask();
      }),
  };
}
