import type { Migration } from '@secure-chat/service-kit/database';
import { accounts } from './001-accounts.ts';
import { keptSecrets } from './002-kept-secrets.ts';
import { suspendedAndDeleted } from './003-suspended-and-deleted.ts';
import { sessionClients } from './004-session-clients.ts';
import { passwordTries } from './005-password-tries.ts';
import { invites } from './006-invites.ts';

export const migrations: readonly Migration[] = [
  accounts,
  keptSecrets,
  suspendedAndDeleted,
  sessionClients,
  passwordTries,
  invites,
];
