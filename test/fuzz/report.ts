import type { Finding } from './run.ts';
import type { Tally } from './tally.ts';

/** Characters of a request and of an answer that are shown. */
const SHOWN = 1_500;

/** Control characters as escapes: what came from the server, or was made to harm, drives no terminal. */
const shown = (text: string): string =>
  JSON.stringify(text.slice(0, SHOWN))
    .slice(1, -1)
    .replaceAll('\\\\r\\\\n', '\n        ')
    .replace(/[^\x20-\x7e\n]/g, '?');

export function findingLines({ what, index, request, answer }: Finding, seed: number): string[] {
  if (index === null) return [what];
  return [
    `request ${index}: ${what}`,
    `    asked:    ${shown(request)}`,
    `    answered: ${shown(answer)}`,
    `    again:    npm run test:fuzz -- --seed ${seed} --from ${index} --requests 1`,
  ];
}

/** What each endpoint answered, as a table. */
export function summary({ endpoints }: Tally): string {
  const width = Math.max(...[...endpoints.keys()].map((name) => name.length));
  const rows = [...endpoints].sort(([one], [other]) => one.localeCompare(other));
  return rows
    .map(([name, outcomes]) => {
      const counts = [...outcomes].sort(([, one], [, other]) => other - one);
      return `${name.padEnd(width)}  ${counts.map(([outcome, count]) => `${outcome} x${count}`).join(', ')}`;
    })
    .join('\n');
}
