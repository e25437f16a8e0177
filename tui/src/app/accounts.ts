import { createAccount, importProfile, profileExists, signIn } from '@secure-chat/client/chat-client';

/** What the app does with accounts: the client's functions, or a test's. */
export const ACCOUNTS = { createAccount, signIn, importProfile, profileExists };
export type Accounts = typeof ACCOUNTS;
