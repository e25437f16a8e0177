import type { StreamSink, StreamSource } from '@secure-chat/service-kit/stream-operation';
import type { Dispatcher } from 'undici';
import type { InstanceRequest } from './instance-request.ts';
import type { ServiceAnswer, StreamAnswer } from './upstream.ts';
import { createWholeEvents } from './whole-events.ts';

/**
 * Asks for a stream. Rejects when no answer has begun within `patience`, with what the connection threw. Calls `onOver`
 * once, when the stream has ended or there was none. What it makes are methods: see `sendStream`.
 */
export function openStream(
  dispatcher: Dispatcher,
  { patience, ...options }: InstanceRequest,
  onOver: () => void,
): Promise<StreamAnswer> {
  return new Promise((resolve, reject) => {
    const wholeEvents = createWholeEvents();
    let connection: Dispatcher.DispatchController | null = null;
    let sink: StreamSink | null = null;
    let refusal: (Omit<ServiceAnswer, 'body'> & { readonly chunks: Buffer[] }) | null = null;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      const late = new Error(`no answer within ${patience} ms`);
      reject(late);
      connection?.abort(late);
    }, patience);

    const relay = {
      start(to: StreamSink): StreamSource {
        sink = to;
        connection?.resume();
        return relay;
      },
      drained(): void {
        connection?.resume();
      },
      close(): void {
        sink = null;
        connection?.abort(new Error('the reader is gone'));
      },
      passOn(chunk: Buffer): void {
        const events = wholeEvents.push(chunk);
        if (events === null) connection?.abort(new Error('an event of the stream is too large'));
        else if (events.length > 0 && sink && !sink.write(events)) connection?.pause();
      },
    };

    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        connection = controller;
        if (isLate) controller.abort(new Error('nobody waits for an answer any more'));
      },
      onResponseStart(controller, status, headers) {
        clearTimeout(timer);
        // They would stay in memory as long as the stream does.
        controller.rawHeaders = null;
        if (status === 200) {
          // What comes before `start` has to wait.
          controller.pause();
          resolve(relay);
        } else refusal = { status, headers, chunks: [] };
      },
      onResponseData(_controller, chunk) {
        if (refusal) refusal.chunks.push(chunk);
        else relay.passOn(chunk);
      },
      onResponseEnd() {
        onOver();
        if (refusal) resolve({ refusal: { ...refusal, body: Buffer.concat(refusal.chunks) } });
        sink?.end();
      },
      onResponseError(_controller, error) {
        clearTimeout(timer);
        onOver();
        reject(error);
        sink?.lost();
      },
    });
  });
}
