import { authorities } from './authorities-setting.ts';
import { type Environment, oneOf, resolvePath, type Setting, type Settings } from './config.ts';
import { readKeyPair } from './key-pair.ts';
import { line, readSecret } from './secret.ts';

type Mechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

/** How brokers are spoken with. */
export interface KafkaSecurityConfig {
  readonly KAFKA_TLS: 'off' | 'on';
  /** What the file holds; null for the authorities that the system knows. */
  readonly KAFKA_TLS_CA: string | null;
  /** What the files hold; both or none. */
  readonly KAFKA_TLS_CERT: string | null;
  readonly KAFKA_TLS_KEY: string | null;
  /** Null without a login. */
  readonly KAFKA_SASL: Mechanism | null;
  readonly KAFKA_USERNAME: string | null;
  readonly KAFKA_PASSWORD: string | null;
}

const withTls =
  (setting: Setting<string | null>): Setting<string | null> =>
  (text, env) =>
    text !== undefined && env.KAFKA_TLS !== 'on'
      ? { error: 'is given without KAFKA_TLS=on' }
      : setting(text, env);

const pairFile = (own: 'TLS_CERT' | 'TLS_KEY', other: 'TLS_CERT' | 'TLS_KEY'): Setting<string | null> =>
  withTls((text, env) => {
    const beside = env[`KAFKA_${other}`];
    if (text === undefined) return beside ? { error: `is needed with KAFKA_${other}` } : { value: null };
    const path = resolvePath(text, env);
    // What misses is said of the other one.
    const files = { TLS_CERT: path, TLS_KEY: path, [other]: beside ? resolvePath(beside, env) : path };
    const read = readKeyPair(files, Date.now());
    if ('pair' in read) return { value: own === 'TLS_CERT' ? read.pair.cert : read.pair.key };
    const problem = read.problems[own];
    return problem === undefined ? { value: null } : { error: problem };
  });

const mechanism = oneOf<Mechanism | ''>(['plain', 'scram-sha-256', 'scram-sha-512'], '');

const sasl: Setting<Mechanism | null> = (text, env) => {
  if (text === 'plain' && env.KAFKA_TLS !== 'on')
    return { error: 'plain sends the password as it is: it needs KAFKA_TLS=on' };
  const chosen = mechanism(text, env);
  return 'error' in chosen ? chosen : { value: chosen.value || null };
};

/** A value that stands or falls with KAFKA_SASL. */
function withSasl<T>(value: T | null, env: Environment): { value: T | null } | { error: string } {
  if (env.KAFKA_SASL && value === null) return { error: 'is needed with KAFKA_SASL' };
  return value !== null && !env.KAFKA_SASL ? { error: 'is given without KAFKA_SASL' } : { value };
}

const username: Setting<string | null> = (text, env) =>
  // The stock client escapes one comma, and not two.
  text !== undefined && !/^[!-+\--~]{1,255}$/.test(text)
    ? { error: 'must be 1 to 255 visible ASCII characters without a comma' }
    : withSasl(text ?? null, env);

const password: Setting<string | null> = (_text, env) => {
  const secret = readSecret('KAFKA_PASSWORD', env, line);
  return 'error' in secret ? secret : withSasl(secret.value, env);
};

export const kafkaSecuritySettings: Settings<KafkaSecurityConfig> = {
  KAFKA_TLS: oneOf(['off', 'on'], 'off'),
  KAFKA_TLS_CA: withTls(authorities),
  KAFKA_TLS_CERT: pairFile('TLS_CERT', 'TLS_KEY'),
  KAFKA_TLS_KEY: pairFile('TLS_KEY', 'TLS_CERT'),
  KAFKA_SASL: sasl,
  KAFKA_USERNAME: username,
  KAFKA_PASSWORD: password,
};

/** As the event log takes it. */
export function kafkaSecurityOf(config: KafkaSecurityConfig) {
  const { KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key, KAFKA_TLS_CA: ca } = config;
  const { KAFKA_SASL: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = config;
  const pair = cert !== null && key !== null ? { cert, key } : null;
  return {
    tls: config.KAFKA_TLS === 'on' ? { ca, pair } : null,
    login:
      mechanism !== null && username !== null && password !== null ? { mechanism, username, password } : null,
  };
}
