import { type Child, type ChildOptions, startChild, textOf } from './child-process.ts';

/** A server in a process of its own. */
export interface ServerProcess extends Child {
  readonly url: string;
}

/** Resolves when the server listens; rejects when it ended before. */
export async function startServer(options: ChildOptions): Promise<ServerProcess> {
  const child = await startChild(options);
  return { ...child, url: textOf(child.hello, 'url') };
}
