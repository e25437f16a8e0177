import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { loginProof } from '@secure-chat/crypto/login-proof';
import {
  exportPublicKey,
  generateRsaKeyPair,
  importPublicKey,
  oaep256Decrypt,
  oaep256Encrypt,
} from '@secure-chat/crypto/rsa';
import { foldName } from '@secure-chat/wire/names';
import { ClientError } from './client-error.ts';
import type { Identity } from './profile/identity.ts';
import type { Credentials } from './request-signer.ts';
import { getRegisterChallenge, postLogin, postLoginChallenge, postRegister } from './requests.ts';
import type { Transport } from './transport.ts';
import { notAServer } from './transport-error.ts';

/** e2ee design, "Keys of a user". */
const RSA_BITS = 3072;

/** A fresh private key. */
export const makePrivateKey = async (): Promise<KeyObject> => (await generateRsaKeyPair(RSA_BITS)).privateKey;

/** Who a profile will belong to, not registered yet. */
export const makeIdentity = (
  username: string,
  privateKey: KeyObject,
  server: string | null = null,
  serverKey: string | null = null,
): Identity => ({
  username,
  server,
  pins: server === null || serverKey === null ? {} : { [server]: serverKey },
  privateKey,
  loginSecret: randomBytes(32).toString('hex'),
  nextSecret: null,
  registered: false,
  deletion: null,
});

/** Asks for the account; `invite`: where the server wants one, else null. Throws TransportError: a retryable one leaves open whether the account was made. */
export async function register(
  transport: Transport,
  identity: Identity,
  invite: string | null,
): Promise<void> {
  const challenge = await transport.request(getRegisterChallenge);
  const serverKey = importPublicKey(challenge.public_key);
  if (!serverKey) throw notAServer(transport.server);
  await transport.request(
    postRegister({
      username: identity.username,
      'public-key': exportPublicKey(createPublicKey(identity.privateKey)),
      nonce: challenge.nonce,
      payload: oaep256Encrypt(serverKey, `${identity.loginSecret}|${challenge.nonce}`),
      ...(invite !== null && { invite }),
    }),
  );
}

/**
 * Opens a session, which has this label in the list of sessions. Null when the name is not registered with this key: the server
 * then answers a decoy. Throws TransportError.
 */
export async function login(
  transport: Transport,
  identity: Identity,
  label: string,
): Promise<Credentials | null> {
  const { challenge } = await transport.request(postLoginChallenge(identity.username));
  const text = oaep256Decrypt(identity.privateKey, challenge);
  if (text === null) return null;
  // Only a text of this shape is answered, so that nobody has other ciphertexts opened by us.
  const [nonce = '', , username = '', ...rest] = text.split('|');
  const sound = /^[0-9a-f]{32}$/.test(nonce) && foldName(username) === foldName(identity.username);
  if (!sound || rest.length > 0) throw notAServer(transport.server);
  const answer = await transport.request(
    postLogin({
      username: identity.username,
      challenge_response: nonce,
      proof: loginProof(identity.loginSecret, nonce),
      signatures: 'v2',
      client: label,
    }),
  );
  const sessionKey = oaep256Decrypt(identity.privateKey, answer['session-key']);
  if (!sessionKey || !/^[0-9a-f]{64}$/.test(sessionKey)) throw notAServer(transport.server);
  return { sessionId: answer['session-id'], sessionKey };
}

export const unknownAccount = (server: string, username: string): ClientError =>
  new ClientError(
    'unknown_user',
    `The server at ${server} does not know this profile's ${username}: it is another server, or the account was deleted. Check the address, or create an account in a new folder.`,
  );

/** The person has deleted it. */
export const deletedAccount = (username: string): ClientError =>
  new ClientError(
    'account_deleted',
    `The account ${username} is deleted. Nothing is sent or received any more; what is in this profile can be read.`,
  );

export const refusedProfile = (server: string, username: string, cause: unknown): ClientError =>
  new ClientError(
    'refused',
    `The server at ${server} takes the secret of this profile of ${username} no more: the password was changed in a newer copy of it. Use that one.`,
    { cause },
  );
