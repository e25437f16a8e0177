import { openProfile } from '@secure-chat/client/profile/profile';
import { exportCurvePrivateKey } from '@secure-chat/crypto/e2ee/curve-keys';

/** A secret as bytes, by what it is. */
export type Secrets = ReadonlyMap<string, Buffer>;

/** What nobody but the owner of a profile may have. */
export async function secretsOf(profile: string, password: string): Promise<Map<string, Buffer>> {
  const opened = await openProfile(profile, password);
  try {
    const secrets = new Map<string, Buffer>([['password', Buffer.from(password)]]);
    const identity = opened.ownKeys.identity();
    if (!identity) throw new Error('no identity');
    // The last 32 bytes of PKCS#8 are the key itself.
    secrets.set('identity key', exportCurvePrivateKey(identity).subarray(-32));
    const { d = '' } = opened.identity.get().privateKey.export({ format: 'jwk' });
    secrets.set('RSA private exponent', Buffer.from(d, 'base64url'));
    for (const { serial, prekeys } of opened.ownKeys.bundles())
      if (prekeys) secrets.set(`prekeys ${serial}`, Buffer.from(prekeys, 'base64').subarray(-2_400));
    for (const contact of opened.ratchets.contacts())
      for (const { id, ratchet } of opened.ratchets.of(contact)) {
        secrets.set(`root key ${id}`, ratchet.rootKey);
        secrets.set(`ephemeral key ${id}`, ratchet.agreement.ephemeralKey);
        secrets.set(`ratchet key ${id}`, exportCurvePrivateKey(ratchet.own).subarray(-32));
        if (ratchet.sending) secrets.set(`sending chain ${id}`, ratchet.sending.key);
        if (ratchet.receiving) secrets.set(`receiving chain ${id}`, ratchet.receiving.key);
      }
    return secrets;
  } finally {
    opened.close();
  }
}

/** In which of these places a secret stands, as bytes, hex or base64 of either kind: `secret in place`. */
export function found(secrets: Secrets, places: ReadonlyMap<string, Buffer>): string[] {
  const hits: string[] = [];
  for (const [secret, bytes] of secrets)
    for (const [place, content] of places)
      if (formsOf(bytes).some((form) => content.includes(form))) hits.push(`${secret} in ${place}`);
  return hits;
}

/** Base64 of some bytes depends on where in a longer text they stand: the part that is the same at each of three places. */
function formsOf(bytes: Buffer): Buffer[] {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  const url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const texts = [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...base64, ...url];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}
