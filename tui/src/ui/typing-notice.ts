import { isMessage } from './commands.ts';

/** Tells who is written to, and when that ends: a command is written to nobody. */
export interface TypingNotice {
  /** The person has changed the line, at this contact. */
  wrote(contact: string | null, line: string): void;
  /** The line is sent, or left. */
  stopped(): void;
}

/** `tell` is called at every change of a message, and once when it is none any more. */
export const createTypingNotice = (tell: (contact: string, typing: boolean) => void): TypingNotice => {
  let told: string | null = null;
  const stopped = (): void => {
    if (told !== null) tell(told, false);
    told = null;
  };
  return {
    wrote: (contact, line) => {
      if (contact === null || !isMessage(line)) {
        stopped();
        return;
      }
      told = contact;
      tell(contact, true);
    },
    stopped,
  };
};
