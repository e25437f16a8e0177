import { openAdminSocket } from '@secure-chat/service-kit/admin/socket';
import { createLogger } from '@secure-chat/service-kit/logger';
import { type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { Type } from 'typebox';
import { onTestFinished } from 'vitest';
import { runAdmin } from '../src/admin.ts';

/** A server's operation that answers what a test says. */
export const answering = (method: 'GET' | 'POST', path: string, answer: () => unknown): Operation =>
  openOperation({ method, path, response: Type.Unknown(), handle: () => ({ value: answer() }) });

export async function serveIn(folder: string, operations: readonly Operation[]): Promise<void> {
  const logger = createLogger('admin', 'silent');
  const socket = await openAdminSocket({ folder, operations, logger });
  onTestFinished(() => socket?.close());
}

/** Runs `npm run admin -- ...` in this process; the person answers every question in the same way. */
export async function admin(folder: string, args: readonly string[], answer: string | null = null) {
  let stdout = '';
  let stderr = '';
  const questions: string[] = [];
  const code = await runAdmin(args, {
    env: { DATA_DIR: folder },
    cwd: folder,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    async confirm(question) {
      questions.push(question);
      return answer;
    },
  });
  return { code, stdout, stderr, questions };
}
