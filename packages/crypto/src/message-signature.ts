import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/**
 * RFC 9421, HTTP Message Signatures: of the algorithms `hmac-sha256`, of the components those without parameters. The headers
 * are structured fields (RFC 8941), read in the one form in which that RFC has them written: what the signature is over is
 * then the very text that came, and nothing has to be parsed into values and written again.
 */

const ALGORITHM = 'hmac-sha256';

const KEY = '[a-z*][a-z0-9_.*-]*';
const TEXT = '"[ !#-\\[\\]-~]*"';
const PARAMETER = `;(${KEY})=(?:(-?[0-9]{1,15})|(${TEXT}))`;
const LIST = new RegExp(`^(${KEY})=(\\(((?:${TEXT}(?: (?=")|(?=\\))))*)\\)((?:${PARAMETER})*))$`);
const BYTES = new RegExp(`^(${KEY})=:([A-Za-z0-9+/]{43}=):$`);

/** The value of a component (`@method`, `content-digest`) in the message; null where there is none. */
export type ComponentOf = (name: string) => string | null;

export interface MessageSignature {
  /** Names of what is covered, in order; none twice. */
  readonly components: readonly string[];
  /** Seconds since the epoch; null where absent. */
  readonly created: number | null;
  readonly expires: number | null;
  readonly keyId: string | null;
  readonly nonce: string | null;
  /** The 32 bytes. */
  readonly signature: Buffer;
  /** The components and parameters, as they came. */
  readonly list: string;
}

export interface SignatureParameters {
  /** Seconds since the epoch. */
  readonly created: number;
  readonly nonce?: string;
  readonly keyId: string;
}

/** RFC 9421, 2.5: a line for each component, then the parameters. Null when a component is missing or has a line break. */
export function signatureBase(
  { components, list }: Pick<MessageSignature, 'components' | 'list'>,
  componentOf: ComponentOf,
): string | null {
  let base = '';
  for (const name of components) {
    const value = componentOf(name);
    if (value === null || /[\r\n]/.test(value)) return null;
    base += `"${name}": ${value}\n`;
  }
  return `${base}"@signature-params": ${list}`;
}

/** Headers are bytes; node gives each as a character. */
const hmac = (key: KeyObject, base: string): Buffer =>
  createHmac('sha256', key).update(base, 'latin1').digest();

/**
 * The headers `Signature-Input` and `Signature`. Names and parameters must not need escaping. Throws when the message lacks a
 * component.
 */
export function signMessage(
  key: KeyObject,
  components: readonly string[],
  { created, nonce, keyId }: SignatureParameters,
  componentOf: ComponentOf,
): { 'signature-input': string; signature: string } {
  const once = nonce === undefined ? '' : `;nonce="${nonce}"`;
  const list = `(${components.map((name) => `"${name}"`).join(' ')});created=${created}${once};keyid="${keyId}"`;
  const base = signatureBase({ components, list }, componentOf);
  if (base === null) throw new TypeError('a component is missing, or has a line break');
  return { 'signature-input': `sig=${list}`, signature: `sig=:${hmac(key, base).toString('base64')}:` };
}

/**
 * The one signature of a message, out of its two headers. Null for several, for another algorithm, for components with
 * parameters, for parameters that are neither integers nor strings, and for what is malformed.
 */
export function parseMessageSignature(inputs: string, signatures: string): MessageSignature | null {
  const [, label, list, names, parameters] = LIST.exec(inputs) ?? [];
  const [, labelOfBytes, bytes] = BYTES.exec(signatures) ?? [];
  if (label !== labelOfBytes || list === undefined || bytes === undefined) return null;
  const components = names ? names.slice(1, -1).split('" "') : [];
  if (new Set(components).size !== components.length) return null;
  const integers = new Map<string, number>();
  const texts = new Map<string, string>();
  for (const [, name = '', integer, text] of (parameters ?? '').matchAll(new RegExp(PARAMETER, 'g'))) {
    if (integers.has(name) || texts.has(name)) return null;
    if (integer !== undefined) integers.set(name, Number(integer));
    if (text !== undefined) texts.set(name, text.slice(1, -1));
  }
  if (integers.has('alg') || (texts.get('alg') ?? ALGORITHM) !== ALGORITHM) return null;
  return {
    components,
    created: integers.get('created') ?? null,
    expires: integers.get('expires') ?? null,
    keyId: texts.get('keyid') ?? null,
    nonce: texts.get('nonce') ?? null,
    signature: Buffer.from(bytes, 'base64'),
    list,
  };
}

/** Whether `signature` is that of the base under the key. */
export const verifyMessage = (key: KeyObject, base: string, signature: Buffer): boolean =>
  timingSafeEqual(hmac(key, base), signature);
