import { resolvePath, type Setting, type Settings } from '@secure-chat/service-kit/config';
import { type KeyPairFiles, readKeyPair } from '@secure-chat/service-kit/key-pair';

export interface TlsConfig {
  /** Files of a certificate and its key, with which the gateway speaks TLS itself; null for plain HTTP. */
  readonly TLS_CERT: string | null;
  readonly TLS_KEY: string | null;
}

const file =
  (own: keyof TlsConfig, other: keyof TlsConfig): Setting<string | null> =>
  (text, env) => {
    const beside = env[other];
    if (text === undefined) return beside ? { error: `is needed with ${other}` } : { value: null };
    const value = resolvePath(text, env);
    // What misses is said of the other one.
    const files = { TLS_CERT: value, TLS_KEY: value, [other]: beside ? resolvePath(beside, env) : value };
    const read = readKeyPair(files, Date.now());
    const problem = 'problems' in read ? read.problems[own] : undefined;
    return problem === undefined ? { value } : { error: problem };
  };

export const tlsSettings: Settings<TlsConfig> = {
  TLS_CERT: file('TLS_CERT', 'TLS_KEY'),
  TLS_KEY: file('TLS_KEY', 'TLS_CERT'),
};

/** Both files; null without them. */
export const tlsFilesOf = ({ TLS_CERT, TLS_KEY }: TlsConfig): KeyPairFiles | null =>
  TLS_CERT === null || TLS_KEY === null ? null : { TLS_CERT, TLS_KEY };
