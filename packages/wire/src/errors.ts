import { Type } from 'typebox';

/** The closed list of error codes, each with its HTTP status and the sentence that clients are shown. */
export const ERRORS = {
  bad_request: { status: 400, message: 'The request is malformed.' },
  bad_name: { status: 400, message: 'That is not a valid user name.' },
  bad_key: {
    status: 400,
    message: 'The public key must be a PEM SubjectPublicKeyInfo, RSA of 2048 to 8192 bits, e = 65537.',
  },
  bad_bundle: {
    status: 400,
    message: 'The bundle is malformed, expired, not signed, or not of this user and his public key.',
  },
  bad_nonce: { status: 400, message: 'The nonce is unknown, expired or already used.' },
  bad_payload: { status: 400, message: 'The payload does not decrypt to a password hash and the nonce.' },
  name_taken: { status: 400, message: 'That user name is taken.' },
  unauthorized: { status: 401, message: 'Not authorised.' },
  wrong_password: { status: 401, message: 'The old password hash is not the one of this account.' },
  replayed: { status: 401, message: 'This signature was used before: each request needs one of its own.' },
  other_gateway: {
    status: 401,
    message: 'The signature was made for another gateway, or one that has restarted since: sign again.',
  },
  bad_invite: {
    status: 403,
    message: 'Who registers here needs an invitation, and this is none that counts: ask for a new one.',
  },
  registration_closed: { status: 403, message: 'Nobody can register here.' },
  suspended: { status: 403, message: 'This account is suspended. Ask who runs the server.' },
  unknown_user: { status: 404, message: 'There is no such user.' },
  no_bundle: { status: 404, message: 'That user has not published a bundle.' },
  not_found: { status: 404, message: 'There is no such endpoint.' },
  timeout: { status: 408, message: 'The request took too long to arrive.' },
  old_bundle: { status: 409, message: 'A bundle with this serial, or a later one, was published already.' },
  too_large: { status: 413, message: 'The request is too large.' },
  too_many: { status: 429, message: 'Too many requests of this kind. Try again later.' },
  mailbox_full: {
    status: 429,
    message: 'The mailbox of this user is full: he has to read first. Try again later.',
  },
  headers_too_large: { status: 431, message: 'The request headers are too large.' },
  internal: { status: 500, message: 'Something went wrong on the server.' },
  unavailable: { status: 503, message: 'The service is busy or not ready. Try again shortly.' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);

/** The body of every error answer. `detail` repeats the message for v1 clients. */
export const ErrorBody = Type.Object({
  error: Type.Object({
    code: Type.Enum(Object.keys(ERRORS) as ErrorCode[]),
    message: Type.String(),
    request_id: Type.String(),
  }),
  detail: Type.String(),
});
export type ErrorBody = Type.Static<typeof ErrorBody>;

export const errorBody = (
  code: ErrorCode,
  requestId: string,
  message: string = ERRORS[code].message,
): ErrorBody => ({
  error: { code, message, request_id: requestId },
  detail: message,
});
