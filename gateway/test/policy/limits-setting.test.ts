import { ConfigError, readConfig } from '@secure-chat/service-kit/config';
import { describe, expect, it } from 'vitest';
import { defaultLimits, limitsSettings } from '../../src/policy/limits-setting.ts';
import { RULES } from '../../src/policy/rules.ts';

const read = (text?: string) => readConfig(limitsSettings, { LIMITS: text }).LIMITS;

describe('LIMITS', () => {
  it('is the whole table by default', () => {
    expect(read()).toEqual(defaultLimits());
    expect([...read('').keys()]).toEqual(RULES.map(({ name }) => name));
  });

  it('changes rules by name, and leaves the others', () => {
    const limits = read('register.address=20/h  sends.pair=5/s+50,login.address=7/m strangers.user=1/d');
    expect(limits.get('register.address')).toEqual({ count: 20, perMs: 3_600_000, burst: 20 });
    expect(limits.get('sends.pair')).toEqual({ count: 5, perMs: 1_000, burst: 50 });
    expect(limits.get('login.address')).toEqual({ count: 7, perMs: 60_000, burst: 7 });
    expect(limits.get('strangers.user')).toEqual({ count: 1, perMs: 86_400_000, burst: 1 });
    expect(limits.get('sends.user')).toEqual(defaultLimits().get('sends.user'));
  });

  it('switches one rule off, or all', () => {
    expect(read('sends.pair=off').has('sends.pair')).toBe(false);
    expect(read('sends.pair=off').size).toBe(RULES.length - 1);
    expect(read(' off ').size).toBe(0);
  });

  it.each([
    ['sends=1/s', /has "sends=1\/s", which names no rule: there are register\.address, .*requests\.user/],
    ['on', /names no rule/],
    ['sends.pair=1/s sends.pair=2/s', /^LIMITS names sends\.pair twice$/],
    ['sends.pair', /a rate is such as 100\/h/],
    ['sends.pair=', /a rate is such as/],
    ['sends.pair=0/s', /a rate is such as/],
    ['sends.pair=1/s+0', /a rate is such as/],
    ['sends.pair=1000001/s', /a rate is such as/],
    ['sends.pair=1/s+9999999', /a rate is such as/],
    ['sends.pair=-1/s', /a rate is such as/],
    ['sends.pair=1.5/s', /a rate is such as/],
    ['sends.pair=1/w', /a rate is such as/],
    ['sends.pair=1/s=2', /a rate is such as/],
    ['sends.pair=off=off', /a rate is such as/],
    ['sends.pair=off off', /names no rule/],
  ])('says what is wrong with %j', (text, problem) => {
    expect(() => read(text)).toThrow(ConfigError);
    expect(() => read(text)).toThrow(problem);
  });
});
