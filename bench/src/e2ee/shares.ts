import { type Profiler, Session } from 'node:inspector/promises';
import { round } from '../arithmetic.ts';

/** A part of the product, and its share (0 to 1) of the time that some work took. */
export interface Share {
  readonly part: string;
  readonly share: number;
}

/** By the innermost of our files (or of SQLite's driver) in which the time passed; native calls count for who makes them. */
const PARTS: readonly { readonly part: string; readonly files: RegExp }[] = [
  { part: 'ratchet to bytes and back', files: /\/crypto\/src\/e2ee\/ratchet-state\.ts$/ },
  { part: 'decryption, padding, body', files: /\/crypto\/src\/e2ee\/(ratchet|padding|body|envelope)\.ts$/ },
  { part: 'sealing and JSON', files: /\/client\/src\/(profile\/(sealed|aes-gcm)|decoder)\.ts$/ },
  { part: 'statements of SQLite', files: /\/client\/src\/profile\// },
  { part: 'commits, which wait for the disk', files: /\/better-sqlite3\/lib\/methods\/transaction\.js$/ },
  { part: 'the rest of the client', files: /\/client\/src\// },
];
const COLLECTOR = 'garbage collection';
const REST = 'anything else';

/** Microseconds between two samples. */
const INTERVAL = 200;

/** Does the work under V8's sampling profiler, which counts waiting too. The largest share first. */
export async function sharesOf(work: () => void): Promise<Share[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
    await session.post('Profiler.start');
    work();
    const { profile } = await session.post('Profiler.stop');
    return sharesIn(profile);
  } finally {
    session.disconnect();
  }
}

function sharesIn({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Share[] {
  const partOf = new Map<number, string>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [root] = nodes;
  if (!root) return [];
  // Each after who called it: what has no part of its own has its caller's.
  const visit = ({ id, callFrame, children = [] }: Profiler.ProfileNode, callers: string): void => {
    const own = PARTS.find(({ files }) => files.test(callFrame.url))?.part;
    const part = callFrame.functionName === '(garbage collector)' ? COLLECTOR : (own ?? callers);
    partOf.set(id, part);
    for (const child of children) {
      const node = byId.get(child);
      if (node) visit(node, part);
    }
  };
  visit(root, REST);

  const spent = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const part = partOf.get(id) ?? REST;
    spent.set(part, (spent.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  }
  const all = [...spent.values()].reduce((sum, microseconds) => sum + microseconds, 0);
  return [...spent]
    .map(([part, microseconds]) => ({ part, share: round(microseconds / all, 3) }))
    .sort((a, b) => b.share - a.share);
}
