import type { Operation } from './operation.ts';
import type { Turns } from './turns.ts';

/** Bytes of a body that is parsed in its caller's turn: 64 KiB may take 2 ms, and so many of them are most messages. */
const LARGE_BODY = 4 * 1024;

/** An operation whose large bodies are parsed by turns of those who sent them. */
export const turnedOperation = (operation: Operation, turns: Turns): Operation => ({
  ...operation,
  perform(call) {
    if (call.body === null || call.body.byteLength <= LARGE_BODY) return operation.perform(call);
    return turns.take(call.caller?.username ?? '', () => operation.perform(call));
  },
});
