import { type AdminAccounts, AdminStats } from '@secure-chat/wire/admin-api';
import own from '../../package.json' with { type: 'json' };
import { type Parts, readiness } from '../health.ts';
import { type Operation, openOperation } from '../operation.ts';

export interface StatsParts {
  accounts(): Promise<AdminAccounts>;
  /** How many users are online; null where the directory runs apart. */
  readonly online: (() => number) | null;
  /** The services in this process. */
  readonly services: Parts;
  /** Seconds since the process was started. */
  readonly uptime?: () => number;
}

/** `npm run admin -- stats`. */
export const stats = ({ accounts, online, services, uptime = process.uptime }: StatsParts): Operation =>
  openOperation({
    method: 'GET',
    path: '/stats',
    response: AdminStats,
    async handle() {
      const [counts, ready] = await Promise.all([accounts(), readiness(services)]);
      return {
        value: {
          version: own.version,
          node: process.version,
          uptime: Math.floor(uptime()),
          ...counts,
          online: online?.() ?? null,
          ready,
        },
      };
    },
  });
