import type { ServerSentEvent } from '@secure-chat/wire/event-stream';
import { isUsername } from '@secure-chat/wire/names';
import { STREAM_EVENTS, type StreamEventData, type StreamEventName } from '@secure-chat/wire/stream-events';
import { createDecoder, parseJson } from './decoder.ts';
import { soundKey, soundMessage } from './requests.ts';

/** An event of the stream, with what it says. */
export type StreamEvent = {
  [Name in StreamEventName]: { readonly name: Name; readonly data: StreamEventData<Name> };
}[StreamEventName];

const decodeMessage = createDecoder(STREAM_EVENTS.message);
const decodeKey = createDecoder(STREAM_EVENTS.key);
const decodeLive = createDecoder(STREAM_EVENTS.live);
const decodePresence = createDecoder(STREAM_EVENTS.presence);
const decodeEphemeral = createDecoder(STREAM_EVENTS.ephemeral);
const decodeBye = createDecoder(STREAM_EVENTS.bye);

/** Null for what is malformed; undefined for an event of a later version. */
export function decodeStreamEvent({ event, data }: ServerSentEvent): StreamEvent | null | undefined {
  const value = parseJson(data);
  switch (event) {
    case 'message':
      return named('message', decodeMessage(value), soundMessage);
    case 'key':
      return named('key', decodeKey(value), soundKey);
    case 'live':
      return named('live', decodeLive(value));
    case 'presence':
      return named('presence', decodePresence(value), ({ username }) => isUsername(username));
    case 'ephemeral':
      return named('ephemeral', decodeEphemeral(value), ({ sender }) => isUsername(sender));
    case 'bye':
      return named('bye', decodeBye(value));
    default:
      return undefined;
  }
}

const named = <Name extends StreamEventName>(
  name: Name,
  data: StreamEventData<Name> | null,
  isSound: (data: StreamEventData<Name>) => boolean = () => true,
) => (data !== null && isSound(data) ? { name, data } : null);
