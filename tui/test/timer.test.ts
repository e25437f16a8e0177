import { describe, expect, it } from 'vitest';
import { parseTimer, timerText } from '../src/ui/timer.ts';

describe('timer', () => {
  it.each([
    ['off', 0],
    ['OFF', 0],
    ['5s', 5],
    ['30s', 30],
    ['5m', 300],
    ['1h', 3600],
    ['1D', 86_400],
    ['4w', 2_419_200],
    ['2419200s', 2_419_200],
  ])('reads %s', (text, seconds) => expect(parseTimer(text)).toBe(seconds));

  it.each([
    '4s',
    '0s',
    '2419201s',
    '5w',
    '29d',
    '1',
    'h',
    '1.5h',
    '-5m',
    '1y',
    '1h30m',
    '٣h',
    '99999999s',
    '',
  ])('takes no %j: from 5 s to 4 weeks', (text) => expect(parseTimer(text)).toBeNull());

  it('writes seconds in the largest unit that fits', () => {
    expect([5, 90, 120, 3600, 86_400, 604_800, 3601].map(timerText)).toEqual([
      '5 s',
      '90 s',
      '2 m',
      '1 h',
      '1 d',
      '1 w',
      '3601 s',
    ]);
  });
});
