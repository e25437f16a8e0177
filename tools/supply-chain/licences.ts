import type { LockedPackage } from './lockfile.ts';

/** Licences that ask for a notice at most: what is under them may run wherever the project does. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
]);
/** Also for tools that we run and hand on to nobody: changes of their own files have to stay open, and we make none. */
const ALLOWED_IN_DEVELOPMENT = new Set(['MPL-2.0']);

/** Packages whose manifest names no licence, by name, with the one that lies beside it. */
const READ_BY_HAND: Readonly<Record<string, string>> = { '@kafkajs/confluent-schema-registry': 'MIT' };

/** A sentence for each package whose licence is none of these. */
export function licenceProblems(packages: readonly LockedPackage[]): string[] {
  return packages.flatMap(({ name, version, licence, isDevelopmentOnly }) => {
    const expression = licence ?? READ_BY_HAND[name];
    if (expression === undefined) return [`${name} ${version} names no licence`];
    const isAllowed = (id: string): boolean =>
      ALLOWED.has(id) || (isDevelopmentOnly && ALLOWED_IN_DEVELOPMENT.has(id));
    return allows(expression, isAllowed) ? [] : [`${name} ${version} is under ${expression}`];
  });
}

/** SPDX expressions as packages have them: `A`, `(A OR B)`, `A AND B`. Anything beyond that, nested ones too, is not allowed. */
function allows(expression: string, isAllowed: (id: string) => boolean): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(plain)) return false;
  return plain.split(' OR ').some((all) => all.split(' AND ').every((id) => isAllowed(id)));
}
