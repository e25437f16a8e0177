import type { ServiceAnswer } from './upstream.ts';

/** What a service's answer says; null when that is not JSON. */
export function jsonOf({ body }: Pick<ServiceAnswer, 'body'>): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString());
  } catch {
    return null;
  }
}
