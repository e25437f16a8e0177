import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { createHiddenLine } from './hidden-line.ts';

/** Asks the person at the terminal, whatever stdin and stdout are. */
export interface Prompt {
  /** The answer, which is not shown; null when the person would rather not. */
  ask(question: string): Promise<string | null>;
}

const TERMINAL = '/dev/tty';

/** Null where there is no terminal. */
export function openPrompt(): Prompt | null {
  try {
    closeSync(openSync(TERMINAL, 'r+'));
  } catch {
    return null;
  }
  /** Typed ahead: the answer to the next question. */
  let rest = '';
  return {
    async ask(question) {
      const answer = await ask(question, rest);
      rest = answer.rest;
      return answer.text;
    },
  };
}

async function ask(question: string, typed: string): Promise<{ text: string | null; rest: string }> {
  const line = createHiddenLine();
  const input = new ReadStream(openSync(TERMINAL, 'r+')).setRawMode(true).setEncoding('utf8');
  try {
    say(question);
    let { state, rest } = line.type(typed);
    if (state === 'typing')
      for await (const text of input.iterator({ destroyOnReturn: false })) {
        ({ state, rest } = line.type(String(text)));
        if (state !== 'typing') break;
      }
    return { text: state === 'done' ? line.text() : null, rest };
  } finally {
    // So does node when the process ends before.
    input.setRawMode(false);
    input.destroy();
    say('\n');
  }
}

function say(text: string): void {
  const fd = openSync(TERMINAL, 'r+');
  writeSync(fd, text);
  closeSync(fd);
}
