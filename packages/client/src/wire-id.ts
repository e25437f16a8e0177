import { randomBytes } from 'node:crypto';

/** 22 characters of base64url: the id of a record, the same for every retry, or of a message inside the encryption. */
export const makeWireId = (): string => randomBytes(16).toString('base64url');
