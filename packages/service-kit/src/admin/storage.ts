import { AdminStorage } from '@secure-chat/wire/admin-api';
import { type Operation, openOperation } from '../operation.ts';

/** Where a system keeps what it has: what of it a backup of its data folder holds. */
export const storage = (value: AdminStorage): Operation =>
  openOperation({ method: 'GET', path: '/storage', response: AdminStorage, handle: () => ({ value }) });
