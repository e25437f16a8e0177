import { type Action, actionOf, deletion, type KeyCommand, type View } from './command-actions.ts';
import { parseLine } from './commands.ts';
import { createConfirmation } from './confirmation.ts';
import { withEmoji } from './emoji.ts';
import type { Intent, OnIntent } from './intents.ts';
import { EMPTY_LINE } from './line-editor.ts';
import type { Shown } from './shown.ts';
import type { Writing } from './writing.ts';

/** Milliseconds within which the second Ctrl-C counts. */
const QUIT_MS = 3000;

/** What is done, once it is said. */
export interface Submitting {
  /** Sends the line, or runs the command in it. */
  submit(): void;
  /** Runs the command, as if it had been typed. */
  command(line: string): void;
  /** Deletes the picked message, when its key is pressed twice. */
  remove(): void;
  /** Quits when asked twice. */
  quit(): void;
}

export interface SubmittingOptions {
  readonly onIntent: OnIntent;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly open: (view: View) => void;
  readonly press: (action: KeyCommand) => void;
}

export const createSubmitting = (
  { now, change, say }: Shown,
  writing: Writing,
  { onIntent, clock, open, press }: SubmittingOptions,
): Submitting => {
  const confirmation = createConfirmation();
  let quitBefore = 0;

  /** Does it, or says first what it means. */
  const confirmed = (intent: Intent, confirm: string | null): void => {
    if (confirmation.isGiven(intent, now().notice) || confirm === null) {
      writing.accept(() => {
        const refusal = onIntent(intent);
        // What is picked was picked for this.
        if (refusal === null) change({ picked: null, composing: null });
        return refusal;
      });
      return;
    }
    writing.accept(() => null);
    say('error', confirm);
    confirmation.ask(intent, now().notice);
  };

  const run = (action: Action): void => {
    if (action.kind === 'mistake') say('error', action.sentence);
    else if (action.kind === 'do') confirmed(action.intent, action.confirm);
    else {
      writing.accept(() => null);
      if (action.kind === 'tell') say('info', action.sentence);
      else if (action.kind === 'open') open(action.view);
      else press(action.action);
    }
  };

  const known = () => ({ ...now().state, picked: now().picked });

  const submit = (text: string): void => {
    if (text.trim() === '') return;
    const parsed = parseLine(text);
    if (parsed.kind === 'text') writing.send(withEmoji(parsed.text));
    else if (parsed.kind === 'command') run(actionOf(parsed.name, parsed.argument, known()));
    else {
      if (parsed.secret) change({ line: EMPTY_LINE });
      say('error', parsed.sentence);
    }
  };

  return {
    submit: () => submit(now().line.text),
    command: submit,
    remove: () => run(deletion(known(), 'Press d again')),
    quit: () => {
      if (clock() < quitBefore) onIntent({ kind: 'quit' });
      else {
        quitBefore = clock() + QUIT_MS;
        say('info', 'Press Ctrl-C again to quit.');
      }
    },
  };
};
