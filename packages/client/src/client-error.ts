export type ClientErrorCode =
  | 'wrong_password'
  | 'no_profile'
  | 'profile_exists'
  | 'profile_in_use'
  | 'profile_damaged'
  | 'bad_name'
  | 'name_taken'
  | 'bad_invite'
  | 'registration_closed'
  | 'unknown_user'
  | 'legacy'
  | 'identity_changed'
  | 'weak_password'
  | 'offline'
  | 'not_a_server'
  | 'unknown_server'
  | 'session_ended'
  | 'account_deleted'
  | 'refused'
  | 'too_long'
  | 'empty';

/** What a person is told. The message is a sentence that says what to do next; it holds no secret. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  /** Whether the same call may succeed later without anything being changed. */
  readonly retryable: boolean;

  constructor(code: ClientErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ClientError';
    this.code = code;
    this.retryable = code === 'offline' || code === 'profile_in_use';
  }
}

/** Nobody vouches for the server, and this is the first time that it is met. */
export class UnknownServerError extends ClientError {
  readonly server: string;
  /** What it shows: `sha256:` and 64 hex digits. */
  readonly key: string;

  constructor(server: string, key: string, cause: unknown) {
    super(
      'unknown_server',
      `No authority that this program knows vouches for ${server}. It shows the key ${key}: ask its operator whether that is his; if so, start with --pin ${key}.`,
      { cause },
    );
    this.server = server;
    this.key = key;
  }
}

export const profileDamaged = (cause?: unknown): ClientError =>
  new ClientError(
    'profile_damaged',
    'The profile is damaged, or is not one. Restore it from a copy, or choose another folder.',
    { cause },
  );
