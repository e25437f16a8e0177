import type { Migration } from '@secure-chat/service-kit/database';
import { users } from './001-users.ts';
import { keyLog } from './002-key-log.ts';

export const migrations: readonly Migration[] = [users, keyLog];
