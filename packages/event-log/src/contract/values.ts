import { randomUUID } from 'node:crypto';
import type { EventLogErrorCode } from '../errors.ts';
import { EventLogError } from '../errors.ts';

/** A topic name that no other test has, valid on every backend. */
export const uniqueTopic = (): string => `contract_${randomUUID()}`;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (value: Uint8Array): string => new TextDecoder().decode(value);

/** The code with which a call was refused; `accepted` if it was not. Any other error is thrown. */
export async function refusal(call: Promise<unknown>): Promise<EventLogErrorCode | 'accepted'> {
  try {
    await call;
    return 'accepted';
  } catch (error) {
    if (error instanceof EventLogError) return error.code;
    throw error;
  }
}

/** One that is fulfilled by hand. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
