/** What a piece of the screen is. Views know roles alone; what a role looks like is the theme's. */
export const ROLES = [
  /** All that has no other role, and the ground of the rest. */
  'text',
  /** What matters less: advice, hints, who a message answers. */
  'faint',
  /** Headings, the prompt, whom the conversation is with. */
  'strong',
  /** The line between contacts and conversation, the brackets of a field. */
  'frame',
  /** The status line, and the first line of a view that lies over the chat. */
  'bar',
  /** The status line while the server is away. */
  'bar-offline',
  /** What the keys are about: a contact, a message, a result of a search. */
  'selection',
  'time',
  /** The name of the person, and that of the contact. */
  'own',
  'other',
  /** `/me`: what somebody does. */
  'emote',
  'queued',
  'sent',
  'delivered',
  'read',
  'failed',
  'quote',
  'code',
  'link',
  'reaction',
  'edited',
  /** In place of a text that is not to be shown. */
  'instead',
  /** What nobody wrote: a timer was set, keys were renewed. */
  'remark',
  /** Messages that did not come. */
  'missing',
  'day',
  /** Where the unread messages begin. */
  'unread-line',
  /** What is below a conversation that is scrolled up. */
  'below',
  'preview',
  'online',
  'typing',
  'unread',
  'blocked',
  'legacy',
  'verified',
  /** The key of a contact is another one. */
  'changed',
  'notice',
  'warning',
  'error',
  /** Something takes a while. */
  'progress',
  /** A QR code: two colours in every theme and on every terminal, as it is none without them. */
  'picture',
] as const;

export type Role = (typeof ROLES)[number];

/** One role, or two: the second lies on the first, and has the last word. */
export type Look = Role | `${Role} ${Role}`;
