import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What a server shows who it is with; PEM, both. */
export interface KeyPair {
  /** The certificate, then those between it and its authority. */
  readonly cert: string;
  readonly key: string;
}

/** Where it lies: absolute paths, under the names of the settings. */
export interface KeyPairFiles {
  readonly TLS_CERT: string;
  readonly TLS_KEY: string;
}

/** What is wrong with each of the files, as the end of a sentence, without anything that a key holds. */
export type KeyPairProblems = { readonly [File in keyof KeyPairFiles]?: string };

/** Characters: a key or a chain of certificates has some thousands. A mistaken path may lead to anything. */
const PEM_MAX = 256 * 1024;

/** What a file holds, as it is and read; or what is wrong with it, as the end of a sentence, without what it holds. */
export type Pem<T> = { readonly pem: string; readonly parsed: T } | { readonly problem: string };

/** Reads a file of PEM. `parse` throws at what is no `kind`. */
export function readPem<T>(path: string, kind: string, parse: (pem: string) => T): Pem<T> {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { problem: `cannot be read (${code})` };
  }
  try {
    if (pem.length <= PEM_MAX) return { pem, parsed: parse(pem) };
  } catch {
    // What is wrong with a key is nobody's to read.
  }
  return { problem: `must be a file with ${kind}, in PEM` };
}

/** Reads both. What has expired at `now` (milliseconds since the epoch) is a problem as well. */
export function readKeyPair(
  files: KeyPairFiles,
  now: number,
): { readonly pair: KeyPair } | { readonly problems: KeyPairProblems } {
  const cert = readPem(files.TLS_CERT, 'a certificate', (pem) => new X509Certificate(pem));
  const key = readPem(files.TLS_KEY, 'a private key without a password', (pem) => createPrivateKey(pem));
  if ('problem' in cert || 'problem' in key)
    return {
      problems: {
        ...('problem' in cert && { TLS_CERT: cert.problem }),
        ...('problem' in key && { TLS_KEY: key.problem }),
      },
    };
  const { parsed } = cert;
  if (Date.parse(parsed.validTo) < now) return { problems: { TLS_CERT: `has expired: ${parsed.validTo}` } };
  if (!parsed.checkPrivateKey(key.parsed))
    return { problems: { TLS_KEY: 'is not the key of the certificate' } };
  return { pair: { cert: cert.pem, key: key.pem } };
}

/** The first name in a certificate, PEM, that is one host's; null where it has none. */
export function hostOf(cert: string): string | null {
  const names = new X509Certificate(cert).subjectAltName ?? '';
  return /(?:DNS|IP Address):([A-Za-z0-9.-]+)(?:,|$)/.exec(names)?.[1] ?? null;
}
