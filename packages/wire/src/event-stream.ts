import { STREAM_EVENT_MAX } from './limits.ts';

/**
 * Server-sent events (WHATWG HTML, 9.2): what a server writes, and the parser that clients and tests read with. Of the
 * fields `event`, `id` and `data` are used, `retry` is not: a `bye` says when to come back.
 */

export const EVENT_STREAM_TYPE = 'text/event-stream';

/** A comment, which says no more than that the connection works. */
export const HEARTBEAT = ':\n\n';

/** One event as it is written: its data as JSON, which has no line break in it. */
export function encodeEvent(event: string, data: object, id?: string): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}

export interface ServerSentEvent {
  /** `message` where the server gave no name. */
  readonly event: string;
  readonly data: string;
  /** The newest id so far, of this event or of one before it; empty for none. */
  readonly lastEventId: string;
}

/** The stream is not one that can be read on: an event of more than `STREAM_EVENT_MAX` characters. */
export class EventTooLargeError extends Error {
  constructor() {
    super(`An event of the stream is larger than ${STREAM_EVENT_MAX} characters`);
    this.name = 'EventTooLargeError';
  }
}

export interface EventStreamParser {
  /** The events that are whole with this chunk, wherever chunks begin and end. Throws `EventTooLargeError`. */
  push(chunk: Uint8Array): ServerSentEvent[];
}

/** Holds at most one unfinished event. An event without data is none (9.2.6). */
export function createEventStreamParser(): EventStreamParser {
  const decoder = new TextDecoder();
  let line = '';
  let afterCarriageReturn = false;
  let event = '';
  let data: string[] = [];
  let lastEventId = '';
  /** Characters of the lines of the present event. */
  let size = 0;

  function finish(): ServerSentEvent | null {
    const finished =
      data.length > 0 ? { event: event || 'message', data: data.join('\n'), lastEventId } : null;
    event = '';
    data = [];
    size = 0;
    return finished;
  }

  function takeField(text: string): void {
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + (text[colon + 1] === ' ' ? 2 : 1));
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) lastEventId = value;
  }

  function grow(length: number): void {
    if (size + length > STREAM_EVENT_MAX) throw new EventTooLargeError();
  }

  return {
    push(chunk) {
      let text = decoder.decode(chunk, { stream: true });
      if (text === '') return [];
      if (afterCarriageReturn && text.startsWith('\n')) text = text.slice(1);
      afterCarriageReturn = text.endsWith('\r');
      const events: ServerSentEvent[] = [];
      let start = 0;
      for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) {
        line += text.slice(start, index);
        start = index + end.length;
        grow(line.length);
        size += line.length;
        const finished = line === '' ? finish() : null;
        if (finished) events.push(finished);
        takeField(line);
        line = '';
      }
      line += text.slice(start);
      grow(line.length);
      return events;
    },
  };
}
