import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figures, settingOf } from './figures.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { measureIdle } from './idle.ts';
import { loginFigure } from './logins.ts';
import { logIn, makeUsers, register } from './people.ts';
import { measurePolls } from './polls.ts';
import { measureReady } from './ready.ts';
import { FULL, QUICK } from './scale.ts';
import { measureSends } from './sends.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { measureSqliteAppends } from './sqlite-appends.ts';

export interface MeasureOptions {
  readonly quick: boolean;
  readonly profileDir: string | null;
  /** An empty folder for databases, the caller's to remove. */
  readonly dataDir: string;
  /** What is being measured now. */
  readonly progress: (line: string) => void;
}

/** Runs every measurement, one after another; its servers have ended when it settles. */
export async function measure({ quick, profileDir, dataDir, progress }: MeasureOptions): Promise<Figures> {
  const scale = quick ? QUICK : FULL;
  const setting = settingOf(scale, quick);
  const closers: (() => Promise<void>)[] = [];
  const start = async (
    name: string,
    module: 'stack' | 'bare-fastify',
  ): Promise<{ process: ServerProcess; http: HttpClient }> => {
    const folder = join(dataDir, name);
    await mkdir(folder);
    const process = await startServer({ module, args: [folder], profileDir });
    closers.push(() => process.close());
    const http = createHttpClient(process.url, Math.max(scale.users, scale.senders));
    closers.push(() => http.close());
    return { process, http };
  };
  try {
    progress('npm start');
    const ready = await measureReady(dataDir, scale.starts);
    progress('SQLite appends');
    const sqliteAppends = measureSqliteAppends(dataDir, scale.sqliteBatches);
    progress(`keys of ${scale.users} users`);
    const users = await makeUsers(scale.users);

    // Two systems side by side: few and many sessions are measured in turn, so that noise meets both.
    const bare = await start('bare', 'bare-fastify');
    const few = await start('few', 'stack');
    const many = await start('many', 'stack');
    await register(few.http, users);
    await register(many.http, users);
    progress(`${scale.manySessions} logins`);
    const named = await logIn(few.http, users, scale.users, 'v2');
    const v1 = await logIn(few.http, users, scale.users, 'v1');
    const warmUp = await logIn(many.http, users, scale.users, 'v2');
    const logins = await logIn(many.http, users, scale.manySessions - scale.users, 'v1');

    const sends = await measureSends(
      {
        bare: { ...bare, named: named.sessions, v1: v1.sessions },
        few: { ...few, named: named.sessions, v1: v1.sessions },
        many: { ...many, named: warmUp.sessions, v1: logins.sessions },
      },
      scale,
      progress,
    );
    progress('send to receive by polls');
    const polls = await measurePolls(few.http, v1.sessions, scale);
    progress(`${scale.users} polling clients, ${scale.idleSeconds} s`);
    const idle = await measureIdle(few.process, few.http, v1.sessions, scale.idleSeconds);
    return { setting, ready, logins: loginFigure(logins), sends, polls, idle, sqliteAppends };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
