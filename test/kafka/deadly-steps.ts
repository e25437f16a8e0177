/** What a message holds that ends the relay which handles it (`dying-relay.ts`). */
export const DEADLY = 'this message is deadly';

/** Where it ends. */
export const STEPS = [
  'when it has arrived',
  'before it is appended',
  'while it is appended',
  'after it was appended',
  'when it is answered',
] as const;
/** Further ones, where no text is at hand: they are met by number. */
export const COUNTED_STEPS = [
  ...STEPS,
  'before a batch is passed on',
  'after a batch was passed on',
  'before a cursor moves',
  'after a cursor has moved',
] as const;
export type Step = (typeof COUNTED_STEPS)[number];
