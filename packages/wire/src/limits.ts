/** Every limit of the public API: its number and its reason. Each has a test. */

/** Bytes of a request body. A message of 32,000 characters, encrypted and in base64, fits. */
export const BODY_MAX = 64 * 1024;

/** Characters of the opaque `message` member: what is left of the body beside the JSON around it. */
export const MESSAGE_MAX = 60 * 1024;

/** Characters of the opaque `encrypted_key` member: room for the post-quantum exchange of protocol v2. */
export const ENCRYPTED_KEY_MAX = 16 * 1024;

/** Characters of a PEM public key: RSA-8192 takes 1,600. */
export const PUBLIC_KEY_MAX = 4096;

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
