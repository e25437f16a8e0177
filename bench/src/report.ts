import type { Spread } from './arithmetic.ts';
import type { Figures } from './figures.ts';
import type { SendFigure } from './sends.ts';
import type { Target } from './targets.ts';

type Cell = string | number;

/** The figures as tables for people. */
export function reportOf(figures: Figures, targets: readonly Target[]): string {
  const { setting, ready, logins, sends, delivery, idle, sqliteAppends } = figures;
  const { fewSessions, manySessions, concurrentSends } = setting;
  return [
    `Node ${setting.node}, ${setting.cores} cores, ${setting.cpu}, load before ${setting.loadBefore}`,
    ...(setting.quick ? ['QUICK: the figures mean nothing.'] : []),
    '',
    `Signed sends, ${concurrentSends} concurrent. Senders: ${setting.senders}.`,
    '',
    table(
      ['', 'per second', ...SPREAD, 'server CPU ms'],
      [
        sendRow('bare fastify, same request', sends.bare),
        sendRow(`named, ${fewSessions} sessions`, sends.namedFew),
        sendRow(`named, ${manySessions} sessions`, sends.namedMany),
        sendRow(`v1, ${fewSessions} sessions`, sends.v1Few),
        sendRow(`v1, ${manySessions} sessions`, sends.v1Many),
        sendRow(`v1 scanned, ${manySessions} sessions`, sends.v1Scanned),
      ],
    ),
    table(
      ['milliseconds', 'count', ...SPREAD],
      [
        [
          'send to receive, poll every second',
          delivery.everySecond.messages,
          ...cells(delivery.everySecond.latencyMs),
        ],
        [
          'send to receive, poll without pause',
          delivery.continuously.messages,
          ...cells(delivery.continuously.latencyMs),
        ],
        ['login challenge, 32 concurrent', logins.logins, ...cells(logins.challengeMs)],
        ['login, 32 concurrent', logins.logins, ...cells(logins.loginMs)],
      ],
    ),
    table(
      ['', ''],
      [
        ['logins per second', logins.perSecond],
        [`CPU with ${idle.clients} polling v1 clients, % of a core`, idle.cpuPercent],
        [
          `raw SQLite appends per second, ${sqliteAppends.recordBytes} bytes, batches of ${sqliteAppends.batch}`,
          sqliteAppends.perSecond,
        ],
        ['npm start to ready, seconds', ready.readySeconds],
      ],
    ),
    // The figures of a quick run mean nothing, and reach nothing.
    figures.setting.quick
      ? ''
      : table(
          ['target', 'value', 'wanted', '', 'of'],
          targets.map(({ name, value, wanted, reached, of }) => [
            name,
            value,
            wanted,
            reached ? 'reached' : 'MISSED',
            of,
          ]),
        ),
  ].join('\n');
}

const SPREAD = ['p50', 'p95', 'p99', 'max'];
const cells = ({ p50, p95, p99, max }: Spread): Cell[] => [p50, p95, p99, max];
const sendRow = (name: string, { perSecond, latencyMs, serverCpuMsPerRequest }: SendFigure): Cell[] => [
  name,
  perSecond,
  ...cells(latencyMs),
  serverCpuMsPerRequest,
];

/** Columns under their heads, numbers to the right. */
function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = heads.some((head) => head !== '') ? [heads, ...rows] : rows;
  const widths = heads.map((_, column) =>
    Math.max(...lines.map((line) => String(line[column] ?? '').length)),
  );
  const text = lines.map((line) =>
    line
      .map((cell, column) => {
        const isNumber = typeof rows[0]?.[column] === 'number';
        const width = widths[column] ?? 0;
        return isNumber ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return `${text.join('\n')}\n`;
}
