/** Every limit of the public API: its number and its reason. Each has a test. */

/** Bytes of a request body. A message of 32,000 bytes, encrypted and in base64, fits. */
export const BODY_MAX = 64 * 1024;

/** Characters of the opaque `message` member: what is left of the body beside the JSON around it. */
export const MESSAGE_MAX = 60 * 1024;

/** Characters of the opaque `encrypted_key` member: room for the post-quantum exchange of protocol v2. */
export const ENCRYPTED_KEY_MAX = 16 * 1024;

/** Characters of a PEM public key: RSA-8192 takes 1,600. */
export const PUBLIC_KEY_MAX = 4096;

/** Characters of a bundle in base64: the 4,096 bytes that protocol v2 allows one. */
export const BUNDLE_MAX = 4 * Math.ceil(4096 / 3);

/** Entries of one answer of the key log: 250 KB. */
export const KEY_LOG_PAGE_MAX = 1_000;

/** Bundles that a user may publish in an hour: a client makes one a week, and one when something was wrong. */
export const BUNDLES_PER_HOUR = 20;

/** Milliseconds from its publication within which a bundle has to expire: a client gives it 90 days. */
export const BUNDLE_LIFE_MAX_MS = 180 * 24 * 60 * 60_000;

/** Milliseconds that a request's timestamp may differ from the server's clock, either way. */
export const REQUEST_WINDOW_MS = 30_000;

/** Milliseconds that a registration nonce lives. */
export const REGISTER_NONCE_MS = 5 * 60_000;

/** Milliseconds that a login challenge lives. */
export const LOGIN_CHALLENGE_MS = 60_000;

/** Milliseconds without a signed request after which a session ends. */
export const SESSION_IDLE_MS = 24 * 60 * 60_000;

/** Milliseconds after its login at which a session ends, however it is used: to renew it takes the keys of the account. */
export const SESSION_LIFE_MS = 30 * 24 * 60 * 60_000;

/** Sessions of one user: more than anybody has machines. At one more login the session that was unused for longest ends. */
export const SESSIONS_MAX = 32;

/** Characters in which a login says what signs in. */
export const SESSION_CLIENT_MAX = 64;

/** Milliseconds for which a user counts as online after `POST /presence`. */
export const PRESENCE_MS = 6_000;

/**
 * Records and bytes of one poll's answer; what is left comes with the next poll. A v1 client gives up after 5 s:
 * an answer without bound would be sent again for ever.
 */
export const POLL_RECORDS_MAX = 1_000;
export const POLL_BYTES_MAX = 4 * 1024 * 1024;

/** Records that wait in the mailbox of a user's messages: three months of 200 a day, 20 MB of short ones. */
export const MESSAGES_WAITING_MAX = 20_000;

/** Records that wait in the mailbox of a user's keys: one from each of more people than anybody knows. */
export const KEYS_WAITING_MAX = 2_000;

/** Records that one sender adds in an hour to a mailbox that is half full: the other half is for everybody else. */
export const NEARLY_FULL_PER_HOUR = 100;

/** Characters of one event of the stream, for who reads it: twice the largest record, whose body was 64 KiB. */
export const STREAM_EVENT_MAX = 128 * 1024;

/** Names whose presence a stream may ask for: 8 KiB of the request's head, and more contacts than most have. */
export const PRESENCE_NAMES_MAX = 256;

/** Milliseconds without an event after which a stream gets a comment: half a minute of silence is a dead connection. */
export const HEARTBEAT_MS = 10_000;

/** Milliseconds without a signed request of its session after which a stream ends: three heartbeats of a client. */
export const STREAM_SILENT_MS = 30_000;

/** Milliseconds that a stream may go unread while something waits to be written, until it ends. */
export const STREAM_SLOW_MS = 30_000;

/** Sessions of one user that have a stream at one gateway: more devices and windows than anybody has; each costs 30 KB. */
export const STREAMS_PER_USER_MAX = 16;

/** Longest `retry_ms`: a thousand streams that end at once come back spread over so many milliseconds. */
export const STREAM_RETRY_MS = 2_000;

/** Characters of an ephemeral body: a typing notice of protocol v2 takes 300. */
export const EPHEMERAL_MAX = 1_024;

/** Ephemerals of one user within `EPHEMERALS_WINDOW_MS`: who types in two conversations sends one in two seconds. */
export const EPHEMERALS_MAX = 20;
export const EPHEMERALS_WINDOW_MS = 10_000;
