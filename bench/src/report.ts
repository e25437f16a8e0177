import type { Figures } from './figures.ts';
import type { SendFigure } from './sends.ts';
import { type Cell, cells, machineLines, SPREAD, table, targetTable } from './table.ts';
import type { Target } from './targets.ts';

/** The figures as tables for people. */
export function reportOf(figures: Figures, targets: readonly Target[]): string {
  const { setting, ready, logins, sends, polls, idle, sqliteAppends } = figures;
  const { fewSessions, manySessions, concurrentSends } = setting;
  return [
    ...machineLines(setting),
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
          polls.everySecond.messages,
          ...cells(polls.everySecond.latencyMs),
        ],
        [
          'send to receive, poll without pause',
          polls.continuously.messages,
          ...cells(polls.continuously.latencyMs),
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
    setting.quick ? '' : targetTable(targets),
  ].join('\n');
}

const sendRow = (name: string, { perSecond, latencyMs, serverCpuMsPerRequest }: SendFigure): Cell[] => [
  name,
  perSecond,
  ...cells(latencyMs),
  serverCpuMsPerRequest,
];
