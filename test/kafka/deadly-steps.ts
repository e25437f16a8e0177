/** What a message holds that ends the relay which handles it (`dying-relay.ts`). */
export const DEADLY = 'this message is deadly';

/** Where. */
export const STEPS = [
  'when it has arrived',
  'before it is appended',
  'while it is appended',
  'after it was appended',
  'when it is answered',
] as const;
export type Step = (typeof STEPS)[number];
