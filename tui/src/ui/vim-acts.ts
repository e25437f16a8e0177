import type { FoundMessages } from './found-messages.ts';
import * as editor from './line-editor.ts';
import type { Reading } from './reading.ts';
import type { Shown } from './shown.ts';
import type { Writing } from './writing.ts';

export interface VimParts {
  readonly shown: Shown;
  readonly writing: Writing;
  readonly reading: Reading;
  readonly found: FoundMessages;
}

/** What the keys of vim's modes do. */
export const vimActs = ({ shown, writing, reading, found }: VimParts) => {
  /** Who begins to write says nothing of the picked message any more. */
  const insert = (change?: (line: editor.Line) => editor.Line): void => {
    if (!shown.now().composing) shown.change({ picked: null });
    shown.change({ vim: 'insert' });
    if (change) writing.edit(change);
  };
  const begin = (text: string): void => {
    writing.begin(text);
    insert();
  };
  const goThrough = (step: -1 | 1): void => {
    const { state, picked } = shown.now();
    const refusal = found.step(step, { contact: state.selected, picked });
    if (refusal !== null) shown.say('info', refusal);
  };

  return {
    'vim-normal': () => {
      writing.leave();
      shown.change({ vim: 'normal' });
    },
    'vim-insert': () => insert(),
    'vim-append': () => insert(editor.right),
    'vim-insert-start': () => insert(editor.rowStart),
    'vim-append-end': () => insert(editor.rowEnd),
    'vim-open': () => insert(editor.openRow),
    'vim-command': () => begin('/'),
    'vim-find': () => begin('/search '),
    'vim-find-next': () => goThrough(1),
    'vim-find-previous': () => goThrough(-1),
    'vim-newer': () => reading.pick(1),
    'vim-older': () => reading.pick(-1),
    'vim-oldest': () => reading.end(1),
    'vim-newest': () => {
      reading.unpick();
      reading.end(-1);
    },
    'vim-left': () => writing.edit(editor.left),
    'vim-right': () => writing.edit(editor.right),
    'vim-word': () => writing.edit(editor.wordNext),
    'vim-word-back': () => writing.edit(editor.wordLeft),
    'vim-start': () => writing.edit(editor.rowStart),
    'vim-end': () => writing.edit(editor.rowEnd),
    'vim-delete': () => writing.edit(editor.deleteNext),
    'vim-delete-word': () => writing.edit(editor.deleteToNextWord),
    'vim-delete-line': () => writing.edit(editor.deleteRow),
    'vim-undo': () => writing.undo(),
  };
};
