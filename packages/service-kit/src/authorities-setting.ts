import { X509Certificate } from 'node:crypto';
import { resolvePath, type Setting } from './config.ts';
import { readPem } from './key-pair.ts';

/** A file of certificates of authorities, PEM, one or more: what it holds; null without one. */
export const authorities: Setting<string | null> = (text, env) => {
  if (text === undefined) return { value: null };
  const read = readPem(resolvePath(text, env), 'certificates of authorities', parse);
  return 'problem' in read ? { error: read.problem } : { value: read.pem };
};

/** Throws where one of them is none, or there is none. */
function parse(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs);
  if (!blocks) throw new Error('no certificate');
  return blocks.map((block) => new X509Certificate(block));
}
