export type EventLogErrorCode = 'topic_missing' | 'unavailable' | 'too_large' | 'closed';

/** What the event log can refuse. `retryable`: the same call may succeed later. */
export class EventLogError extends Error {
  readonly code: EventLogErrorCode;
  readonly retryable: boolean;

  constructor(code: EventLogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EventLogError';
    this.code = code;
    this.retryable = code === 'unavailable';
  }
}

export const topicMissing = (topic: string): EventLogError =>
  new EventLogError('topic_missing', `There is no topic ${topic}`);

export const logClosed = (): EventLogError => new EventLogError('closed', 'The event log is closed');
