import Database from 'better-sqlite3';
import type { CommitStep } from './steps.ts';

/**
 * Runs the service `DIES_AS` in a process that ends itself by SIGKILL before or after (`DIES_AT`) its `DIES_AFTER`-th
 * commit to SQLite.
 */
const step = process.env.DIES_AT;
let left = Number(process.env.DIES_AFTER);

function reach(at: CommitStep): void {
  if (step !== at) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

const { prepare } = Database.prototype;
function watched(this: Database.Database, source: string) {
  const statement = prepare.call<Database.Database, [string], Database.Statement>(this, source);
  if (!/^commit;?$/i.test(source)) return statement;
  const run = statement.run.bind(statement);
  return Object.assign(statement, {
    run(...values: unknown[]) {
      reach('before a commit');
      const result = run(...values);
      reach('after a commit');
      return result;
    },
  });
}
Object.assign(Database.prototype, { prepare: watched });

const SERVICES: Record<string, () => Promise<unknown>> = {
  stack: () => import('../../packages/stack/src/main.ts'),
  auth: () => import('../../services/auth/src/main.ts'),
  directory: () => import('../../services/directory/src/main.ts'),
};
await SERVICES[`${process.env.DIES_AS}`]?.();
