/** Longest user name, in characters: two of them and a prefix stay below Kafka's 249-character topic names. */
export const USERNAME_MAX = 32;

/** wire contract, "Names": 1 to 32 of `[A-Za-z0-9_-]`, the first one a letter or a digit. */
export const NAME_PATTERN = `[A-Za-z0-9][A-Za-z0-9_-]{0,${USERNAME_MAX - 1}}`;
const PATTERN = new RegExp(`^${NAME_PATTERN}$`);

/** Names that some file systems cannot hold: a client writes files that are named after users. */
const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

export const isUsername = (name: string): boolean => PATTERN.test(name) && !DEVICE_NAME.test(name);

/** Would be a name, were it not the name of a device. */
export const isReserved = (name: string): boolean => DEVICE_NAME.test(name);

/** The form in which names are compared: `Alice` and `alice` are one user. */
export const foldName = (username: string): string => username.toLowerCase();

/** Topic of a user's messages. */
export const messageTopic = (username: string): string => `user_queue_${username}`;

/** Topic of a user's key exchanges. Not `user_queue_key_`: a user named `key_bob` would own bob's. */
export const keyTopic = (username: string): string => `user_keys_${username}`;

/** Topics that every service may follow; compacted by key. */
export const USERS_TOPIC = 'chat.users';
export const SESSIONS_TOPIC = 'chat.sessions';
export const PRESENCE_TOPIC = 'chat.presence';
export const KEY_LOG_TOPIC = 'chat.key-log';

/** Topic, trimmed by age, of the signatures that gateways have accepted. */
export const SIGNATURES_TOPIC = 'chat.signatures';

/** Topic, trimmed by age, of what gateways have let users and addresses do. */
export const USAGE_TOPIC = 'chat.usage';
