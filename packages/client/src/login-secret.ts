import { login, refusedProfile } from './account.ts';
import type { IdentityTable } from './profile/identity.ts';
import type { Credentials } from './request-signer.ts';
import type { Transport } from './transport.ts';
import { TransportError } from './transport-error.ts';

/**
 * Opens a session by the secret of the profile; where the server takes it no more, by the one that was to replace it, which is
 * then the secret: the answer to a change may have been lost. Null and errors as `login`; throws ClientError refused where
 * neither is taken.
 */
export async function loginWithSecret(
  transport: Transport,
  table: IdentityTable,
  label: string,
): Promise<Credentials | null> {
  const identity = table.get();
  const { nextSecret } = identity;
  const { server } = transport;
  return login(transport, identity, label).catch(async (error: unknown) => {
    if (!isRefusedProof(error)) throw error;
    if (nextSecret === null) throw refusedProfile(server, identity.username, error);
    const credentials = await login(transport, { ...identity, loginSecret: nextSecret }, label).catch(
      (cause: unknown) => {
        throw isRefusedProof(cause) ? refusedProfile(server, identity.username, cause) : cause;
      },
    );
    if (credentials) table.put({ ...table.get(), loginSecret: nextSecret, nextSecret: null });
    return credentials;
  });
}

const isRefusedProof = (error: unknown): boolean =>
  error instanceof TransportError && error.code === 'unauthorized';
