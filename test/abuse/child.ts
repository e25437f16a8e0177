import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

/** A process of the suite's own, which answers one question at a time. */
export interface Child {
  /** Rejects with what went wrong there, and when the process has ended. */
  ask(question: object): Promise<unknown>;
  /** SIGKILL: with it all its connections go. */
  end(): Promise<void>;
}

/** Starts a module of this folder. `priority`: as `os.setPriority` has it. */
export function startChild(module: string, priority = 0): Child {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), { execArgv: ['--import', 'tsx'] });
  const gone = once(child, 'exit').then(() => {});
  if (child.pid !== undefined) setPriority(child.pid, priority);
  return {
    async ask(question) {
      const ended = gone.then(() => {
        throw new Error(`${module} has ended`);
      });
      const answered = once(child, 'message');
      child.send(question);
      const [answer] = await Promise.race([answered, ended]);
      const failed: unknown = Reflect.get(Object(answer), 'failed');
      if (failed !== undefined) throw new Error(String(failed));
      return answer;
    },
    async end() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** In the process: answers each question, until the suite has gone. */
export function answerQuestions(answer: (question: unknown) => Promise<object>): void {
  process.on('message', (question) => {
    void answer(question)
      .catch((error: unknown) => ({ failed: error instanceof Error ? error.stack : String(error) }))
      .then((said) => process.send?.(said));
  });
  process.once('disconnect', () => process.exit());
}
