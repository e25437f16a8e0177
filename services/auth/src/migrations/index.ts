import type { Migration } from '@secure-chat/service-kit/database';
import { accounts } from './001-accounts.ts';

export const migrations: readonly Migration[] = [accounts];
