import type { checkServer, createAccount, importProfile, signIn } from '@secure-chat/client/chat-client';
import { profileExists, removeProfile } from '@secure-chat/client/profile/folder';

/** What the app does with accounts: the client's functions, or a test's. */
export interface Accounts {
  readonly checkServer: typeof checkServer;
  readonly createAccount: typeof createAccount;
  readonly signIn: typeof signIn;
  readonly importProfile: typeof importProfile;
  readonly profileExists: typeof profileExists;
  readonly removeProfile: typeof removeProfile;
  /** Gets ready for the others, once there is nothing else to do. */
  readonly prepare: () => void;
}

/** To load the client takes longer than all that the first screen needs: it is loaded while the form is being filled in. */
const client = () => import('@secure-chat/client/chat-client');

export const ACCOUNTS: Accounts = {
  checkServer: async (...given) => (await client()).checkServer(...given),
  createAccount: async (...given) => (await client()).createAccount(...given),
  signIn: async (...given) => (await client()).signIn(...given),
  importProfile: async (...given) => (await client()).importProfile(...given),
  profileExists,
  removeProfile,
  // Whoever asks for an account hears what was wrong.
  prepare: () => void client().catch(() => {}),
};
