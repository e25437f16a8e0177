import { resolvePath, type Setting } from './config.ts';
import { type ParseSecret, readSecret } from './secret.ts';
import { type Keys, keyId } from './service-keys.ts';

/** Keys at once: in a rotation there are two. Each costs a try to open what names no key. */
const KEYS_MAX = 8;

/** The service keys of an operator, and the file of his that has them. */
export interface GivenKeys {
  readonly keys: Keys;
  /** Null: the environment. */
  readonly file: string | null;
}

/** The secret `SERVICE_KEY`; null where none is given. */
export const serviceKey: Setting<GivenKeys | null> = (_text, env) => {
  const secret = readSecret('SERVICE_KEY', env, serviceKeys);
  if ('error' in secret) return secret;
  const file = env.SERVICE_KEY_FILE ? resolvePath(env.SERVICE_KEY_FILE, env) : null;
  return { value: secret.value && { keys: secret.value, file } };
};

/** Keys of 64 hex digits, newest first, with line ends, spaces or commas between. */
export const serviceKeys: ParseSecret<Keys> = (text) => {
  const [first, ...others] = text.split(/[\s,]+/).filter((part) => part !== '');
  if (!first || ![first, ...others].every((part) => /^[0-9a-fA-F]{64}$/.test(part)))
    return { error: 'must be 64 hex digits (32 random bytes), or several keys, newest first, a line each' };
  const key = (hex: string): Buffer => Buffer.from(hex, 'hex');
  const keys: Keys = [key(first), ...others.map(key)];
  if (new Set(keys.map(keyId)).size < keys.length) return { error: 'must not hold a key twice' };
  return keys.length > KEYS_MAX ? { error: `must hold at most ${KEYS_MAX} keys` } : { value: keys };
};
