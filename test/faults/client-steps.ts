import { subscribe } from 'node:diagnostics_channel';
import Database from 'better-sqlite3';
import type { ClientStep } from './steps.ts';

/**
 * Watches the client of this process through seams that it has anyway: undici's diagnostics channels, and the transactions
 * of better-sqlite3. `reach` is called at each step, synchronously.
 */
export function watchSteps(options: {
  reach: (step: ClientStep) => void;
  /** The id of each record that arrives. */
  onRecord: (id: string) => void;
}): void {
  const { reach, onRecord } = options;
  const on = (channel: string, listener: (what: unknown) => void): void =>
    subscribe(`undici:${channel}`, (what) => listener(what));

  on('client:sendHeaders', (what) => {
    if (isSend(what)) reach('before the first byte leaves');
    if (isAcknowledgement(what)) reach('after the commit before the acknowledgement');
  });
  on('request:bodySent', (what) => {
    if (isSend(what)) reach('after the request before the answer');
  });
  on('request:trailers', (what) => {
    if (isSend(what)) reach('after the answer before the commit');
    if (received.delete(requestOf(what))) reach('after receiving before the commit');
  });
  const received = new Set<unknown>();
  on('request:bodyChunkReceived', (what) => {
    if (!isReceiving(what)) return;
    const ids = idsIn(Buffer.from(chunkOf(what)).toString());
    for (const id of ids) onRecord(id);
    if (ids.length === 0) return;
    // An answer is stored when it has ended, what a stream brings at once.
    if (pathOf(what).startsWith(STREAM)) reach('after receiving before the commit');
    else received.add(requestOf(what));
  });
  watchCommits({
    inside: () => reach('inside a commit'),
    after: () => reach('after a commit'),
  });
}

const STREAM = '/chat/stream';
const requestOf = (what: unknown): unknown => member(what, 'request');
const pathOf = (what: unknown): string => String(member(requestOf(what), 'path'));
const chunkOf = (what: unknown): Uint8Array => {
  const chunk = member(what, 'chunk');
  return chunk instanceof Uint8Array ? chunk : Buffer.alloc(0);
};
const isSend = (what: unknown): boolean => /^\/chat\/[^/]+\/(send|keyexchange)$/.test(pathOf(what));
const isAcknowledgement = (what: unknown): boolean => pathOf(what) === '/chat/ack';
const isReceiving = (what: unknown): boolean =>
  ['/chat/messages', '/chat/keyexchange', STREAM].some((path) => pathOf(what).split('?')[0] === path);

/** Of the records that stand whole in a chunk: one cut in two is not counted. */
const idsIn = (chunk: string): string[] => [...chunk.matchAll(/"id":"([\w-]+)"/g)].map(([, id]) => id ?? '');

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** `inside`: all is written and nothing is committed. `after`: it is on the disk, and nobody knows yet. */
function watchCommits(on: { inside: () => void; after: () => void }): void {
  const { transaction } = Database.prototype;
  function watched(this: Database.Database, work: (...args: unknown[]) => unknown) {
    const outermost = <R>(run: (...args: unknown[]) => R) => {
      return (...args: unknown[]): R => {
        const nested = this.inTransaction;
        const result = run(...args);
        if (!nested) on.after();
        return result;
      };
    };
    const run = transaction.call(this, (...args: unknown[]) => {
      const result = work(...args);
      on.inside();
      return result;
    });
    return Object.assign(outermost(run), { immediate: outermost(run.immediate) });
  }
  Object.assign(Database.prototype, { transaction: watched });
}
