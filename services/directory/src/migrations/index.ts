import type { Migration } from '@secure-chat/service-kit/database';
import { users } from './001-users.ts';

export const migrations: readonly Migration[] = [users];
