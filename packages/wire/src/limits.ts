/** Every limit of the public API: its number and its reason. Each has a test. */

/** Bytes of a request body. A message of 32,000 characters, encrypted and in base64, fits. */
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

/** Milliseconds for which a user counts as online after `POST /presence`. */
export const PRESENCE_MS = 6_000;

/**
 * Records and bytes of one poll's answer; what is left comes with the next poll. A v1 client gives up after 5 s:
 * an answer without bound would be sent again for ever.
 */
export const POLL_RECORDS_MAX = 1_000;
export const POLL_BYTES_MAX = 4 * 1024 * 1024;
