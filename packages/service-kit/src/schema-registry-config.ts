import { authorities } from './authorities-setting.ts';
import type { Environment, Setting, Settings } from './config.ts';
import { line, readSecret } from './secret.ts';

export interface SchemaRegistryConfig {
  /** Empty without Kafka. */
  readonly SCHEMA_REGISTRY_URL: string;
  /** What the file holds; null for the authorities that the system knows. */
  readonly SCHEMA_REGISTRY_CA: string | null;
  /** Basic authentication; both or none. */
  readonly SCHEMA_REGISTRY_USERNAME: string | null;
  readonly SCHEMA_REGISTRY_PASSWORD: string | null;
}

const urlOf = ({ SCHEMA_REGISTRY_URL: text = '' }: Environment): URL | null =>
  URL.canParse(text) ? new URL(text) : null;

const url: Setting<string> = (text, env) => {
  if (text === undefined)
    return env.EVENT_LOG === 'kafka' ? { error: 'is needed with EVENT_LOG=kafka' } : { value: '' };
  const parsed = urlOf(env);
  const sound =
    parsed &&
    /^https?:$/.test(parsed.protocol) &&
    !(parsed.search || parsed.hash || parsed.username || parsed.password);
  return sound
    ? { value: parsed.href.replace(/\/$/, '') }
    : { error: 'must be an http(s) URL such as http://127.0.0.1:8081/apis/ccompat/v7, without a password' };
};

const ca: Setting<string | null> = (text, env) =>
  text !== undefined && urlOf(env)?.protocol !== 'https:'
    ? { error: 'is given without an https SCHEMA_REGISTRY_URL' }
    : authorities(text, env);

const isNearOrEncrypted = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

const username: Setting<string | null> = (text, env) => {
  const secret = readSecret('SCHEMA_REGISTRY_PASSWORD', env, line);
  const isAlone = 'value' in secret && secret.value === null;
  if (text === undefined)
    return isAlone ? { value: null } : { error: 'is needed with SCHEMA_REGISTRY_PASSWORD' };
  // What stands before the first colon is the name, RFC 7617.
  return /^[!-9;-~]{1,255}$/.test(text)
    ? { value: text }
    : { error: 'must be 1 to 255 visible ASCII characters without a colon' };
};

const password: Setting<string | null> = (_text, env) => {
  const secret = readSecret('SCHEMA_REGISTRY_PASSWORD', env, line);
  if ('error' in secret) return secret;
  if (secret.value === null)
    return env.SCHEMA_REGISTRY_USERNAME ? { error: 'is needed with SCHEMA_REGISTRY_USERNAME' } : secret;
  const place = urlOf(env);
  if (!place) return { error: 'is given without a SCHEMA_REGISTRY_URL' };
  return isNearOrEncrypted(place)
    ? secret
    : { error: 'would be sent as it is: SCHEMA_REGISTRY_URL must be https, or lead to this machine' };
};

export const schemaRegistrySettings: Settings<SchemaRegistryConfig> = {
  SCHEMA_REGISTRY_URL: url,
  SCHEMA_REGISTRY_CA: ca,
  SCHEMA_REGISTRY_USERNAME: username,
  SCHEMA_REGISTRY_PASSWORD: password,
};

/** As the event log takes it. */
export function schemaRegistryOf(config: SchemaRegistryConfig) {
  const { SCHEMA_REGISTRY_CA: ca } = config;
  const { SCHEMA_REGISTRY_USERNAME: username, SCHEMA_REGISTRY_PASSWORD: password } = config;
  return {
    url: config.SCHEMA_REGISTRY_URL,
    ...(ca !== null && { ca }),
    ...(username !== null && password !== null && { login: { username, password } }),
  };
}
