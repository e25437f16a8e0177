import type { Setting } from './config.ts';
import { type ParseSecret, secret } from './secret.ts';

const key: ParseSecret<Buffer> = (text) =>
  /^[0-9a-fA-F]{64}$/.test(text)
    ? { value: Buffer.from(text, 'hex') }
    : { error: 'must be 64 hex digits (32 random bytes)' };

/** The secret `SERVICE_KEY`; null where none is given. */
export const serviceKey: Setting<Buffer | null> = secret('SERVICE_KEY', key);
