/** What begins the text of an emote; clients that know none show it as it is, which says the same. */
const EMOTE = '/me ';

/** Of `/me waves`: what its sender does; null for any other text. */
export const emoteOf = (text: string): string | null => {
  const does = text.startsWith(EMOTE) ? text.slice(EMOTE.length).trim() : '';
  return does === '' ? null : does;
};

/** The text that says what one does. */
export const emoteText = (does: string): string => `${EMOTE}${does}`;
