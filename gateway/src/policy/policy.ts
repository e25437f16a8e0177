import { AppError } from '@secure-chat/service-kit/app-error';
import { clientNetwork } from '@secure-chat/service-kit/client-network';
import type { Metrics } from '@secure-chat/service-kit/metrics/metrics';
import { ENDPOINTS, type Endpoint } from '@secure-chat/wire/endpoints';
import { foldName, isUsername } from '@secure-chat/wire/names';
import { createAcquaintances } from './acquaintances.ts';
import { createLimit, type Limit } from './limit.ts';
import type { Limits } from './limits-setting.ts';
import { RULES, type Rule, type RuleName } from './rules.ts';

/** What one endpoint asks of the table. Both throw `too_many`, and then nothing was taken. */
export interface EndpointPolicy {
  /** Before the body is read. */
  admitAddress(address: string): void;
  /** Once the signature holds. `recipient`: the name in the path, as it came; undefined where there is none. */
  admitUser(username: string, recipient: string | undefined): void;
}

export interface Policy {
  of(endpoint: Pick<Endpoint, 'method' | 'path'>): EndpointPolicy;
  /** What another gateway says that it gave of a rule; one that does not hold here is nothing. */
  learn(rule: string, key: string, many: number, at: number): void;
}

export interface PolicyParts {
  readonly limits: Limits;
  readonly clock: () => number;
  readonly metrics: Metrics;
  /** One was taken of which other gateways should know. */
  readonly onBeyond: (rule: RuleName, key: string) => void;
}

/** Whether a rule covers an endpoint. */
export const covers = (rule: Rule, { method, path }: Pick<Endpoint, 'method' | 'path'>): boolean => {
  const isNamed = ({ covers: names }: Rule): boolean =>
    names !== 'others' && names.some((name) => name === `${method} ${path}`);
  if (rule.covers !== 'others') return isNamed(rule);
  const isSigned = ENDPOINTS.some((one) => one.method === method && one.path === path && one.signed);
  return isSigned && !RULES.some((other) => other.scope === rule.scope && isNamed(other));
};

export function createPolicy({ limits, clock, metrics, onBeyond }: PolicyParts): Policy {
  const refused = metrics.counter(
    'refused_by_rule_total',
    'Requests that a rule of the table of rates refused.',
    ['rule'],
  );
  const acquaintances = createAcquaintances(clock);
  const byName = new Map<string, Limit>();
  for (const [rule, rate] of limits) byName.set(rule, createLimit({ rule, rate, clock, onBeyond }));

  /** Takes one of each, or none. */
  function take(asked: readonly (readonly [Limit, string])[]): void {
    for (const [limit, key] of asked) {
      const wait = limit.wait(key);
      if (wait === 0) continue;
      refused.add({ rule: limit.rule });
      throw new AppError('too_many', { retryAfter: Math.ceil(longestOf(asked) / 1000) });
    }
    for (const [limit, key] of asked) limit.take(key);
  }

  return {
    of(endpoint) {
      const limitsOf = (isWanted: (rule: Rule) => boolean): Limit[] =>
        RULES.filter((rule) => isWanted(rule) && covers(rule, endpoint)).flatMap(
          ({ name }) => byName.get(name) ?? [],
        );
      const ofAddress = limitsOf(({ scope }) => scope === 'address');
      const ofUser = limitsOf(({ scope, onlyStrangers }) => scope === 'user' && !onlyStrangers);
      const ofPair = limitsOf(({ scope }) => scope === 'pair');
      const ofStrangers = limitsOf(({ onlyStrangers }) => onlyStrangers === true);
      return {
        admitAddress(address) {
          if (ofAddress.length === 0) return;
          const network = clientNetwork(address);
          take(ofAddress.map((limit) => [limit, network]));
        },
        admitUser(username, recipient = '') {
          const other = isUsername(recipient) ? foldName(recipient) : '';
          const asked: [Limit, string][] = ofUser.map((limit) => [limit, username]);
          for (const limit of ofPair) asked.push([limit, `${username} ${other}`]);
          if (!acquaintances.know(username, other))
            for (const limit of ofStrangers) asked.push([limit, username]);
          take(asked);
          if (ofStrangers.length > 0) acquaintances.meet(username, other);
        },
      };
    },
    learn: (rule, key, many, at) => byName.get(rule)?.learn(key, many, at),
  };
}

const longestOf = (asked: readonly (readonly [Limit, string])[]): number =>
  Math.max(...asked.map(([limit, key]) => limit.wait(key)));
