/**
 * Where a key means the action. `always`: in every view; `list`: where there is something to choose of; `picked`: while a
 * message is picked and nothing is written; `insert` and `normal`: vim's; `chat`: in the chat, after those.
 */
export type KeyMode = 'always' | 'list' | 'picked' | 'insert' | 'normal' | 'chat';

const row = <Name extends string>(
  mode: KeyMode,
  name: Name,
  keys: readonly string[],
  description: string,
) => ({
  mode,
  name,
  keys,
  description,
});

/** All that a key can do in the chat, with the keys that do it unless a person has others. */
export const KEY_TABLE = [
  row('always', 'quit', ['ctrl-c'], 'quit, when it is pressed twice'),
  row('always', 'suspend', ['ctrl-z'], 'back to the shell, fg returns'),
  row('always', 'redraw', ['ctrl-l'], 'draw the screen anew'),

  row('chat', 'send', ['enter'], 'send, or run the command'),
  row('chat', 'new-line', ['ctrl-j', 'alt-enter'], 'a new line inside the message'),
  row('chat', 'complete', ['tab'], 'complete a command, a name or :he; else the next unread'),
  row('chat', 'editor', ['ctrl-x ctrl-e'], 'write in your editor'),
  row('chat', 'switch', ['ctrl-k'], 'go to a contact by part of the name'),
  row('chat', 'unread', ['alt-u', 'f3'], 'first unread message, else the next contact with one'),
  row('chat', 'next-contact', ['ctrl-down', 'alt-down', 'ctrl-n'], 'next contact'),
  row('chat', 'previous-contact', ['ctrl-up', 'alt-up', 'ctrl-p', 'shift-tab'], 'previous contact'),
  row('chat', 'pick-older', ['shift-up'], 'pick the message above'),
  row('chat', 'pick-newer', ['shift-down'], 'pick the message below'),
  row('chat', 'page-up', ['page-up'], 'scroll up'),
  row('chat', 'page-down', ['page-down'], 'scroll down'),
  row('chat', 'oldest', ['ctrl-home'], 'top of what is loaded'),
  row('chat', 'newest', ['ctrl-end'], 'back to the newest'),
  row('chat', 'line-up', ['up'], 'line above, else what was sent before'),
  row('chat', 'line-down', ['down'], 'line below, else what was sent after'),
  row('chat', 'back', ['escape'], 'close what is open, let go, back to the newest'),
  row('chat', 'help', ['f1'], 'commands and keys'),

  row('chat', 'mouse', ['f2'], 'the mouse on or off'),

  row('chat', 'left', ['left', 'ctrl-b'], 'a character to the left'),
  row('chat', 'right', ['right', 'ctrl-f'], 'a character to the right'),
  row('chat', 'word-left', ['ctrl-left', 'alt-left', 'alt-b'], 'a word to the left'),
  row('chat', 'word-right', ['ctrl-right', 'alt-right', 'alt-f'], 'a word to the right'),
  row('chat', 'start', ['home', 'ctrl-a'], 'start of the text'),
  row('chat', 'end', ['end', 'ctrl-e'], 'end of the text'),
  row('chat', 'delete-left', ['backspace'], 'delete the character before'),
  row('chat', 'delete-right', ['delete'], 'delete the character behind'),
  row('chat', 'delete-word', ['ctrl-w', 'ctrl-backspace', 'alt-backspace'], 'delete the word before'),
  row('chat', 'delete-to-start', ['ctrl-u'], 'delete all before'),
  row('chat', 'delete-to-end', ['alt-k'], 'delete all behind'),
  row('chat', 'undo', ['ctrl-_'], 'take back what was changed in the input'),

  row('picked', 'reply', ['r', 'enter'], 'answer the picked message'),
  row('picked', 'edit', ['e'], 'a new text for it'),
  row('picked', 'delete', ['d'], 'delete it on both sides, when pressed twice'),
  row('picked', 'react', ['+'], 'react to it'),
  row('picked', 'picked-older', ['up'], 'pick the message above'),
  row('picked', 'picked-newer', ['down'], 'pick the message below'),

  row('list', 'list-up', ['up', 'ctrl-p'], 'the row above'),
  row('list', 'list-down', ['down', 'ctrl-n'], 'the row below'),
  row('list', 'list-page-up', ['page-up'], 'a page up'),
  row('list', 'list-page-down', ['page-down'], 'a page down'),
  row('list', 'list-take', ['enter'], 'take the row'),
  row('list', 'list-close', ['escape'], 'close the list'),

  row('insert', 'vim-normal', ['escape'], 'to normal mode'),
  row('normal', 'vim-insert', ['i'], 'write before the cursor'),
  row('normal', 'vim-append', ['a'], 'write behind the cursor'),
  row('normal', 'vim-insert-start', ['I'], 'write at the start of the line'),
  row('normal', 'vim-append-end', ['A'], 'write at the end of the line'),
  row('normal', 'vim-open', ['o'], 'write on a new line'),
  row('normal', 'vim-command', [':'], 'write a command'),
  row('normal', 'vim-find', ['/'], 'search in all conversations'),
  row('normal', 'vim-find-next', ['n'], 'next older message found'),
  row('normal', 'vim-find-previous', ['N'], 'next newer message found'),
  row('normal', 'vim-newer', ['j'], 'pick the message below'),
  row('normal', 'vim-older', ['k'], 'pick the message above'),
  row('normal', 'vim-oldest', ['g g'], 'top of what is loaded'),
  row('normal', 'vim-newest', ['G'], 'back to the newest'),
  row('normal', 'vim-left', ['h'], 'a character to the left'),
  row('normal', 'vim-right', ['l'], 'a character to the right'),
  row('normal', 'vim-word', ['w'], 'a word to the right'),
  row('normal', 'vim-word-back', ['b'], 'a word to the left'),
  row('normal', 'vim-start', ['0'], 'start of the line'),
  row('normal', 'vim-end', ['$'], 'end of the line'),
  row('normal', 'vim-delete', ['x'], 'delete the character under the cursor'),
  row('normal', 'vim-delete-word', ['d w'], 'delete up to the next word'),
  row('normal', 'vim-delete-line', ['d d'], 'delete the line'),
  row('normal', 'vim-undo', ['u'], 'take back what was changed in the input'),
] as const;

export type KeyRow = (typeof KEY_TABLE)[number];
export type ActionName = KeyRow['name'];

/** The keys of each action; none for those that have none. */
export type Bindings = Readonly<Record<ActionName, readonly string[]>>;

export const isAction = (name: string): name is ActionName => KEY_TABLE.some((each) => each.name === name);

/** The table's keys, but for those that are given. */
export const bindingsWith = (given: Partial<Bindings>): Bindings => {
  const keysOf = Object.fromEntries(KEY_TABLE.map(({ name, keys }) => [name, given[name] ?? keys]));
  // Each row has its name in it.
  return keysOf as Bindings;
};

const MODE_TITLES: Readonly<Record<KeyMode, string>> = {
  always: 'Everywhere',
  chat: 'In the chat',
  picked: 'While a message is picked, and nothing is written',
  list: 'In a list',
  insert: "Vim's insert mode",
  normal: "Vim's normal mode",
};

/** The keys as they are set, under a title for each mode; vim's where they count. */
export const keyRows = (bindings: Bindings, vim: boolean): readonly (readonly [string, string])[] => {
  const modes: KeyMode[] = ['chat', 'picked', 'list', 'always'];
  return [...modes, ...(vim ? (['insert', 'normal'] as const) : [])].flatMap((mode) => [
    ['', MODE_TITLES[mode]] as const,
    ...KEY_TABLE.filter((each) => each.mode === mode).map(
      ({ name, description }) => [bindings[name].join(', ') || 'no key', `${description} (${name})`] as const,
    ),
  ]);
};
