import type { Rate } from '@secure-chat/service-kit/buckets';
import { ConfigError, type Setting, type Settings } from '@secure-chat/service-kit/config';
import { isRuleName, RULES, type RuleName } from './rules.ts';

/** The rules that hold, each with its rate. */
export type Limits = ReadonlyMap<RuleName, Rate>;

export interface LimitsConfig {
  readonly LIMITS: Limits;
}

export const NO_LIMITS: Limits = new Map();

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const isUnit = (text: string): text is keyof typeof UNIT_MS => Object.hasOwn(UNIT_MS, text);
/** Of a rate and of a burst: above it a rule holds nobody up. */
const COUNT_MAX = 1_000_000;

/** `100/h`: a hundred in an hour, and a hundred at once; `10/s+500`: five hundred at once. Null for anything else. */
export function parseRate(text: string): Rate | null {
  const [, count = '', unit = '', burst = count] = /^(\d{1,7})\/([smhd])(?:\+(\d{1,7}))?$/.exec(text) ?? [];
  const rate = { count: Number(count), burst: Number(burst) };
  const isSound = [rate.count, rate.burst].every((number) => number >= 1 && number <= COUNT_MAX);
  return isUnit(unit) && isSound ? { ...rate, perMs: UNIT_MS[unit] } : null;
}

/** The table as it stands. */
export const defaultLimits = (): Limits =>
  new Map(
    RULES.map(({ name, rate: text }) => {
      const rate = parseRate(text);
      if (!rate) throw new ConfigError([`the rate of ${name} is none`]);
      return [name, rate];
    }),
  );

/** `off`; or changes to the table, with spaces: `register.address=20/h sends.pair=off`. */
const limits: Setting<Limits> = (text = '') => {
  if (text.trim() === 'off') return { value: NO_LIMITS };
  const changed = new Map(defaultLimits());
  const named = new Set<string>();
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const [name = '', rateText = '', ...rest] = part.split('=');
    const said = JSON.stringify(part.slice(0, 80));
    if (!isRuleName(name))
      return {
        error: `has ${said}, which names no rule: there are ${RULES.map((rule) => rule.name).join(', ')}`,
      };
    if (named.has(name)) return { error: `names ${name} twice` };
    named.add(name);
    const rate = rest.length > 0 ? null : parseRate(rateText);
    if (rate) changed.set(name, rate);
    else if (rateText === 'off' && rest.length === 0) changed.delete(name);
    else
      return {
        error: `has ${said}: a rate is such as 100/h, 10/s+500 (500 at once) or off, with s, m, h or d and numbers up to 1000000`,
      };
  }
  return { value: changed };
};

export const limitsSettings: Settings<LimitsConfig> = { LIMITS: limits };
