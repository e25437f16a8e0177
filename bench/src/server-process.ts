import { type Child, type ChildOptions, member, startChild } from './child-process.ts';

/** A server in a process of its own. */
export interface ServerProcess extends Child {
  readonly url: string;
}

/** Resolves when the server listens; rejects when it ended before. */
export async function startServer(options: ChildOptions): Promise<ServerProcess> {
  const child = await startChild(options);
  const url = member(child.hello, 'url');
  if (typeof url !== 'string') throw new Error(`${options.module} did not say where it listens`);
  return { ...child, url };
}
