import type { Dispatcher } from 'undici';

/** What an instance of a service is asked. */
export type InstanceRequest = Pick<Dispatcher.RequestOptions, 'method' | 'path' | 'headers' | 'body'> & {
  /** Milliseconds until the whole answer must be there. */
  readonly patience: number;
};
