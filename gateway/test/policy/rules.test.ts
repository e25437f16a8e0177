import { ENDPOINTS } from '@secure-chat/wire/endpoints';
import { describe, expect, it } from 'vitest';
import { parseRate } from '../../src/policy/limits-setting.ts';
import { covers } from '../../src/policy/policy.ts';
import { RULES, type Rule } from '../../src/policy/rules.ts';

const rules: readonly Rule[] = RULES;
const rulesOf = (endpoint: (typeof ENDPOINTS)[number]): readonly Rule[] =>
  rules.filter((rule) => covers(rule, endpoint));

describe('the table of rates', () => {
  it.each(ENDPOINTS)(
    'has a rule for $method $path, of the address if it is open and of the user if it is signed',
    (endpoint) => {
      const scopes = rulesOf(endpoint).map(({ scope }) => scope);
      expect(scopes).not.toEqual([]);
      expect(scopes.includes('address')).toBe(!endpoint.signed);
      expect(scopes.includes('user')).toBe(endpoint.signed);
    },
  );

  it.each(ENDPOINTS.filter(({ path }) => /keyexchange|send$/.test(path) && path.includes(':username')))(
    'has a rule for each recipient of $path, and one for strangers',
    (endpoint) => {
      expect(rulesOf(endpoint).map(({ scope }) => scope)).toContain('pair');
      expect(rulesOf(endpoint).some(({ onlyStrangers }) => onlyStrangers)).toBe(true);
    },
  );

  it('has names, of which each says its scope, rates and reasons', () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    for (const { name, scope, rate, reason } of rules) {
      expect(name).toMatch(new RegExp(`^[a-z-]+\\.${scope}$`));
      expect(parseRate(rate)).not.toBeNull();
      expect(reason).not.toBe('');
    }
  });
});
