import { type BinaryLike, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** An X.509 certificate and its key, as files hold them; what tests serve HTTPS with. */
export interface TestCertificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

export interface Wanted {
  /** Host names and IPv4 addresses; the first one is the subject's. */
  readonly names: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
}

/** Who signs. */
export interface TestAuthority extends TestCertificate {
  issue(wanted: Wanted): TestCertificate;
}

const DAY_MS = 24 * 60 * 60_000;

// DER (X.690), as much of it as a certificate of RFC 5280 needs; node:crypto reads certificates, and makes none.
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value));
const octets = (value: Uint8Array): Buffer => der(0x04, value);
const bits = (value: BinaryLike & Uint8Array): Buffer => der(0x03, Buffer.from([0]), value);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const TRUE = der(0x01, Buffer.from([0xff]));

const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const VERSION_3 = der(0xa0, der(0x02, Buffer.from([2])));
const CONSTRAINTS = oid('551d13');
const NAMES = oid('551d11');

const nameOf = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), text(0x0c, commonName))));
/** GeneralizedTime: `20260131235959Z`. */
const time = (date: Date): Buffer => text(0x18, `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`);
const alternative = (name: string): Buffer =>
  isIP(name) === 4 ? der(0x87, Buffer.from(name.split('.').map(Number))) : text(0x82, name);

interface Parts extends Wanted {
  readonly issuer: string;
  readonly signer: KeyObject;
  readonly publicKey: KeyObject;
  readonly isAuthority: boolean;
}

function certificate({ names, issuer, signer, publicKey, isAuthority, from, until }: Parts): string {
  const constraints = sequence(CONSTRAINTS, TRUE, octets(sequence(...(isAuthority ? [TRUE] : []))));
  const alternatives = sequence(NAMES, octets(sequence(...names.map(alternative))));
  const toBeSigned = sequence(
    VERSION_3,
    der(0x02, Buffer.from([1]), randomBytes(15)),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(time(from ?? new Date(Date.now() - DAY_MS)), time(until ?? new Date(Date.now() + DAY_MS))),
    nameOf(names[0] ?? ''),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(constraints, alternatives)),
  );
  const signed = sequence(toBeSigned, ECDSA_SHA256, bits(sign('sha256', toBeSigned, signer)));
  const lines = signed.toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`;
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A certificate that vouches for itself. */
export function selfSigned(wanted: Wanted): TestCertificate {
  const { publicKey, privateKey } = newKeys();
  const [issuer = ''] = wanted.names;
  const cert = certificate({ ...wanted, issuer, signer: privateKey, publicKey, isAuthority: false });
  return { cert, key: pemOf(privateKey) };
}

/** An authority that no system knows. */
export function createAuthority(name = 'Test Authority'): TestAuthority {
  const own = newKeys();
  const signed = { issuer: name, signer: own.privateKey };
  const cert = certificate({ ...signed, names: [name], publicKey: own.publicKey, isAuthority: true });
  return {
    cert,
    key: pemOf(own.privateKey),
    issue(wanted) {
      const { publicKey, privateKey } = newKeys();
      const issued = certificate({ ...wanted, ...signed, publicKey, isAuthority: false });
      return { cert: issued, key: pemOf(privateKey) };
    },
  };
}
