import { type Setting, secretKey } from './config.ts';
import { readSecretFile } from './secret-file.ts';

/** `SERVICE_KEY`, or what the file that `SERVICE_KEY_FILE` names holds; null without both. */
export const serviceKey: Setting<Buffer | null> = (text, env) => {
  const file = env.SERVICE_KEY_FILE;
  if (!file) return secretKey(text, env);
  if (text !== undefined) return { error: 'and SERVICE_KEY_FILE are both given: give one of them' };
  const secret = readSecretFile(file, env);
  const key = 'error' in secret ? secret : secretKey(secret.value, env);
  return 'error' in key ? { error: `of SERVICE_KEY_FILE ${file}: ${key.error}` } : key;
};
