import { describe, it } from 'vitest';
import { expectGreen } from './one-schedule.ts';

describe('a schedule of faults on Kafka', { timeout: 300_000 }, () => {
  it('loses nothing and shows nothing twice while a broker is killed: seed 7', () => expectGreen('kafka', 7));
});
