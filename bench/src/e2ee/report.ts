import { ratio } from '../arithmetic.ts';
import { type Cell, machineLines, table, targetTable } from '../table.ts';
import type { Target } from '../targets.ts';
import type { ExchangeSide } from './exchange.ts';
import type { E2eeFigures } from './measure.ts';
import type { MessageFigure } from './messages.ts';
import type { Timing } from './timing.ts';

const SPREAD = ['mean', 'p50', 'p95', 'p99', 'max'];
const cells = ({ mean, p50, p95, p99, max }: Timing): Cell[] => [mean, p50, p95, p99, max];

/** The figures as tables for people. */
export function e2eeReportOf(figures: E2eeFigures, targets: readonly Target[]): string {
  const { setting, messages, exchange, signIn, firstScreen, receiving } = figures;
  const messageRows = (name: string, figure: MessageFigure): Cell[][] =>
    (['write', 'read'] as const).map((way) => [
      `${name}, ${way}`,
      ...cells(figure[way]),
      ratio(figure[way].mean, messages.bare[way].mean),
    ]);
  return [
    ...machineLines(setting),
    '',
    `End-to-end encryption. ${messages.messages} texts of ${messages.textBytes} bytes, ${messages.paddedBytes} padded; in microseconds.`,
    '',
    table(
      ['', ...SPREAD, 'to bare'],
      [
        ...messageRows('bare AES-GCM and HMAC', messages.bare),
        ...messageRows('v1', messages.v1),
        ...messageRows('v2, one way', messages.oneWay),
        ...messageRows('v2, in turns', messages.inTurns),
      ],
    ),
    `${exchange.exchanges} key exchanges, medians in microseconds. What is not RSA, to RSA, both sides together: ${exchange.restToRsa}.`,
    '',
    table(
      ['', 'whole', 'RSA', 'bundle', 'X25519', 'ML-KEM', 'Ed25519', 'rest'],
      [exchangeRow('initiate', exchange.initiate), exchangeRow('accept', exchange.accept)],
    ),
    table(
      ['milliseconds, medians', 'count', 'whole', 'argon2id', 'RSA', 'requests', 'rest'],
      [['sign in', signIn.signIns, signIn.whole, signIn.kdf, signIn.rsa, signIn.requests, signIn.rest]],
    ),
    `A profile of ${firstScreen.messages} messages with ${firstScreen.contacts} contacts, ${firstScreen.mebibytes} MiB; in milliseconds.`,
    '',
    table(
      ['', 'count', ...SPREAD],
      [
        ['open and check the file', firstScreen.openings, ...cells(firstScreen.file)],
        ['argon2id', firstScreen.openings, ...cells(firstScreen.password)],
        ['data key to first screen', firstScreen.openings, ...cells(firstScreen.screen)],
        ['all of it', firstScreen.openings, ...cells(firstScreen.whole)],
      ],
    ),
    `${receiving.messages} messages of ${receiving.senders} senders received and stored: ${receiving.perSecond} per second, ${receiving.microsecondsEach} µs each.`,
    '',
    table(
      ['share of that', ''],
      receiving.shares.map(({ part, share }): Cell[] => [part, share]),
    ),
    setting.quick ? '' : targetTable(targets),
  ].join('\n');
}

const exchangeRow = (name: string, side: ExchangeSide): Cell[] => [
  name,
  side.whole,
  side.rsa,
  side.bundle,
  side.x25519,
  side.mlKem,
  side.ed25519,
  side.rest,
];
