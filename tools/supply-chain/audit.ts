/** What `npm audit --json` said. */
export type Audit =
  | { readonly kind: 'clean'; readonly lesser: number }
  | { readonly kind: 'vulnerable'; readonly problems: readonly string[] }
  /** The registry was not reached, or has no answer. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** From here on it fails; what is below is counted. */
const SERIOUS = new Set(['high', 'critical']);

export function readAudit(output: string): Audit {
  const report = objectOf(parse(output));
  const { vulnerabilities } = report;
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null)
    return { kind: 'unknown', reason: reasonOf(report) };
  const all = Object.entries(vulnerabilities).map(([name, entry]) => ({
    name,
    severity: String(objectOf(entry).severity),
    range: String(objectOf(entry).range),
  }));
  const serious = all.filter(({ severity }) => SERIOUS.has(severity));
  if (serious.length === 0) return { kind: 'clean', lesser: all.length };
  const problems = serious.map(({ name, severity, range }) => `${name} ${range}: ${severity}`);
  return { kind: 'vulnerable', problems };
}

function reasonOf({ message, error }: Record<string, unknown>): string {
  const said = [message, objectOf(error).summary, objectOf(error).code].find(
    (text) => typeof text === 'string' && text !== '',
  );
  // Without the address, which may be a mirror's own.
  return String(said ?? 'no report').replace(/ - \w+ https?:.*$/s, '');
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
