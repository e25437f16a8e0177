import type { Target } from '../targets.ts';
import type { E2eeFigures } from './measure.ts';

/** Microseconds that a message may take on average, storage left out. */
const MESSAGE_MICROSECONDS = 120;
/** Of RSA's cost in an exchange: what all else may cost. */
const REST_TO_RSA = 0.15;
/** Milliseconds from the data key to the first screen. */
const SCREEN_MS = 300;

export function e2eeTargetsOf({
  messages,
  exchange,
  firstScreen,
}: Pick<E2eeFigures, 'messages' | 'exchange' | 'firstScreen'>): Target[] {
  const atMost = (name: string, value: number, most: number, of: string): Target => ({
    name,
    value,
    of,
    wanted: `<= ${most}`,
    reached: value <= most,
  });
  const { oneWay, bare } = messages;
  const { initiate, accept, restToRsa } = exchange;
  return [
    atMost(
      'encrypt a message, µs, mean',
      oneWay.write.mean,
      MESSAGE_MICROSECONDS,
      `${messages.messages} messages; bare ${bare.write.mean}`,
    ),
    atMost(
      'decrypt a message, µs, mean',
      oneWay.read.mean,
      MESSAGE_MICROSECONDS,
      `${messages.messages} messages; bare ${bare.read.mean}`,
    ),
    atMost(
      'exchange, what is not RSA to RSA',
      restToRsa,
      REST_TO_RSA,
      `both sides: ${(initiate.whole + accept.whole).toFixed(0)} µs, RSA ${(initiate.rsa + accept.rsa).toFixed(0)}`,
    ),
    atMost(
      'data key to first screen, ms, slowest',
      firstScreen.screen.max,
      SCREEN_MS,
      `${firstScreen.openings} openings, ${firstScreen.messages} messages`,
    ),
  ];
}
