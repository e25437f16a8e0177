import type { Referring } from '@secure-chat/crypto/e2ee/body';
import { ClientError } from './client-error.ts';
import type { Identities } from './identities.ts';
import type { Outbox } from './outbox.ts';
import type { Reference } from './profile/content.ts';
import type { MessageName, StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import { soundText } from './text-limit.ts';

/** e2ee.md, "Messages about messages": what is said of a message that is there already. */

/** Bytes of an emoji: a family of four with skin tones has 41. */
const EMOJI_MAX_BYTES = 64;
/** Code points of a message that a quotation shows to a client that does not know the kind. */
const QUOTED_MAX = 40;

/**
 * Each throws ClientError: refused for a message that is not there, or that it cannot be said of, and as `assertWritable` does.
 */
export interface References {
  /** Answers it. Throws ClientError: empty, too_long, too. */
  reply(contact: number, id: number, text: string): StoredMessage;
  /** Replaces the text of one's own. Throws ClientError: empty, too_long, legacy, too. Returns it. */
  edit(contact: number, id: number, text: string): StoredMessage;
  /** Deletes one's own on both sides. Throws ClientError legacy, too. Returns what stands in its place; null for nothing. */
  retract(contact: number, id: number): StoredMessage | null;
  /** One's own reaction to it; null takes it back. Throws ClientError legacy, too. Returns the message. */
  react(contact: number, id: number, emoji: string | null): StoredMessage;
}

export function createReferences(options: {
  profile: Profile;
  outbox: Outbox;
  identities: Identities;
  /** Throws ClientError when nothing may be sent to the contact. */
  assertWritable: (contact: number) => void;
  now: () => number;
}): References {
  const { profile, outbox, identities, assertWritable, now } = options;
  const { history } = profile;

  /** A message that something can be said of. */
  function target(contact: number, id: number): StoredMessage {
    assertWritable(contact);
    const message = history.page(contact, id + 1, 1)[0];
    const sound = message?.id === id && !message.deleted && /^(queued|sent|received)$/.test(message.state);
    if (!message || !sound)
      throw new ClientError('refused', 'There is no message to say that of. Choose another one.');
    return message;
  }

  const isOwn = ({ state }: StoredMessage): boolean => state !== 'received';

  function own(contact: number, id: number): StoredMessage {
    const message = target(contact, id);
    if (!isOwn(message))
      throw new ClientError('refused', 'Only messages of your own can be changed. Choose one of those.');
    return message;
  }

  function reference(
    kind: Reference['kind'],
    message: StoredMessage,
    lead: string,
    text: string,
  ): Reference & { target: string } {
    const [id] = message.records ?? [];
    if (id === undefined)
      throw new ClientError(
        'refused',
        'That message is too old for it: nobody else could tell which one is meant. Choose a newer one.',
      );
    return { kind, lead, text, whose: isOwn(message) ? 'sender' : 'recipient', target: id };
  }

  /** Whether nothing of it can have left this machine. */
  const isHere = ({ id }: StoredMessage): boolean => profile.outbox.get(id)?.envelope === null;

  function withText(message: StoredMessage, text: string): StoredMessage {
    const { content } = message;
    const changed: StoredMessage = {
      ...message,
      text,
      ...(content?.kind === 'reply' && { content: { ...content, text } }),
    };
    const entry = profile.outbox.get(message.id);
    if (entry && changed.content)
      profile.outbox.put(message.id, message.contact, { ...entry, content: changed.content });
    history.update(changed);
    return changed;
  }

  return {
    reply(contact, id, raw) {
      const text = soundText(raw);
      return profile.transaction(() => {
        const message = target(contact, id);
        const lead = `> ${quotationOf(message)}\n`;
        // One of wire contract v1 has no name: the quotation stands in the text.
        if (!message.records) return outbox.write(contact, lead + text);
        return outbox.write(contact, text, reference('reply', message, lead, text));
      });
    },

    edit(contact, id, raw) {
      const text = soundText(raw);
      return profile.transaction(() => {
        const message = own(contact, id);
        if (isHere(message)) return withText(message, text);
        identities.assertModern(contact);
        outbox.tell(contact, reference('edit', message, 'Edited: ', text), null);
        return withText({ ...message, editedAt: now() }, text);
      });
    },

    retract(contact, id) {
      return profile.transaction(() => {
        const message = own(contact, id);
        if (isHere(message)) {
          outbox.withdraw([id]);
          history.remove([id]);
          return null;
        }
        identities.assertModern(contact);
        outbox.tell(contact, reference('delete', message, 'Deleted a message.', ''), null);
        return withoutText(profile, message);
      });
    },

    react(contact, id, emoji) {
      if (emoji !== null && !isEmoji(emoji))
        throw new ClientError('refused', 'A reaction is one emoji. Choose one.');
      return profile.transaction(() => {
        const message = target(contact, id);
        identities.assertModern(contact);
        const quoted = `"${quotationOf(message)}"`;
        const lead = emoji === null ? `Took the reaction to ${quoted} back.` : `Reacted to ${quoted} with `;
        outbox.tell(contact, reference('reaction', message, lead, emoji ?? ''), null);
        return withReaction(profile, message, 'own', emoji);
      });
    },
  };
}

/** One emoji: what a person sees as one character, and is no letter. */
export const isEmoji = (text: string): boolean =>
  Buffer.byteLength(text) <= EMOJI_MAX_BYTES &&
  [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length === 1 &&
  /\p{Extended_Pictographic}|\p{Regional_Indicator}|^[0-9#*]\uFE0F?\u20E3$/u.test(text);

/** What is left of a message whose sender has deleted it. */
export function withoutText({ history }: Profile, message: StoredMessage): StoredMessage {
  const { content: _, answers: __, reactions: ___, ...rest } = message;
  const deleted: StoredMessage = { ...rest, text: '', deleted: true };
  history.update(deleted);
  return deleted;
}

export function withReaction(
  { history }: Profile,
  message: StoredMessage,
  whose: 'own' | 'theirs',
  emoji: string | null,
): StoredMessage {
  const { [whose]: _, ...others } = message.reactions ?? {};
  const reacted: StoredMessage = {
    ...message,
    reactions: emoji === null ? others : { ...others, [whose]: emoji },
  };
  history.update(reacted);
  return reacted;
}

/** The message that a body of the contact's speaks of, as this side names it. */
export const targetName = ({ whose, target }: Referring): MessageName => ({
  kind: whose === 'sender' ? 'received' : 'own',
  id: target,
});

function quotationOf({ text }: StoredMessage): string {
  const [line = ''] = text.split('\n', 1);
  const characters = [...line];
  return characters.length > QUOTED_MAX ? `${characters.slice(0, QUOTED_MAX - 1).join('')}…` : line;
}
