import { ALL_COMMANDS, type CommandName, unknownCommand } from './commands.ts';

/** What a command does, for who asks about it, and an example. Each fits the notice of the smallest window. */
const TEACHING: Readonly<Record<CommandName, readonly [what: string, example: string]>> = {
  help: ['all commands, or how to use one of them', '/help timer'],
  keys: ['all keys, as they are set', '/keys'],
  contact: ['opens the conversation with anybody on the server', '/contact bob'],
  config: ['your settings, and what is wrong with them', '/config'],
  editor: ['writes what you say next in your editor', '/editor'],
  mouse: ['gives the mouse to the terminal, or takes it back', '/mouse'],
  unread: ['goes to what you have not read, here or elsewhere', '/unread'],
  switch: ['goes to a contact by some letters of the name', '/switch, then bo'],
  me: ['says what you do, after your name', '/me waves'],
  search: ['finds messages with all of these words, everywhere', '/search lunch friday'],
  reply: ['answers the picked message, else their newest', '/reply Yes, at noon'],
  edit: ['a new text for your picked message, else your newest', '/edit At noon.'],
  delete: ['takes your picked or newest message back, on both sides', '/delete, twice'],
  react: ['an emoji at the picked message or their newest', '/react :heart:'],
  block: ['nothing that they write is shown or answered', '/block bob, twice'],
  unblock: ['takes messages from them again', '/unblock bob'],
  mute: ['what they write makes no noise', '/mute bob'],
  unmute: ['what they write makes noise again', '/unmute bob'],
  pin: ['they stand before the others', '/pin bob'],
  unpin: ['they stand among the others again', '/unpin bob'],
  note: ['your own words about the contact; off takes them away', '/note on holiday'],
  status: ['what has arrived there, what waits, what is missing', '/status'],
  verify: ['the safety number: the same on both sides, or beware', '/verify bob'],
  accept: ['takes a request, or a key that has changed', '/accept bob'],
  decline: ['drops a request and what it says', '/decline bob, twice'],
  renew: ['new keys for a conversation that cannot be read', '/renew bob'],
  timer: ['new messages go on both sides after that time', '/timer 1d'],
  receipts: ['whether they see what you read, and you what they read', '/receipts off'],
  typing: ['whether they see you typing, and you them', '/typing off'],
  clear: ['deletes this conversation on this machine', '/clear, twice'],
  'new-identity': ['a new key of your own: all compare it anew', '/new-identity, twice'],
  export: ['a copy of your account, encrypted, in a new file', '/export ~/alice-copy'],
  password: ['asks for the old password and a new one', '/password'],
  sessions: ['where the account is signed in; d ends one of them', '/sessions'],
  'delete-account': ['asks for its name and password, then deletes it', '/delete-account'],
  lock: ['closes the profile until you sign in again', '/lock'],
  logout: ['ends the session at the server and closes the profile', '/logout'],
  quit: ['leaves; what waits to be sent goes out next time', '/quit'],
};

/** How one command is used, by its name with or without the slash: a sentence, or what to do where there is none of that name. */
export const helpOf = (typed: string): { readonly found: boolean; readonly sentence: string } => {
  const wanted = typed.replace(/^\/+/, '').toLowerCase();
  const command = ALL_COMMANDS.find(({ name }) => name === wanted);
  if (!command) return { found: false, sentence: unknownCommand(wanted) };
  const [what, example] = TEACHING[command.name];
  return { found: true, sentence: `${command.usage}: ${what}. Example: ${example}` };
};
