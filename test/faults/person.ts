import type { Ending } from '../contract/service-process.ts';
import { type Command, monotonic, type Report } from './client-protocol.ts';
import type { Seat } from './seat.ts';
import type { TraceEvent } from './trace.ts';

/** One user of a schedule: an account, a profile, and the process that has it open, while there is one. */
export interface Person {
  readonly user: string;
  /** Whether its client is open, and takes commands at once. */
  isOpen(): boolean;
  /** Opens the client when it is down; what is told meanwhile waits for that. */
  start(): void;
  /** To the client, which is started when it is down: whoever wants to write opens it. */
  tell(command: Command): void;
  /** To the client, if it is open. */
  tellOpen(command: Command): void;
  /** SIGKILL; it stays down until it is started. Whether it was done. */
  kill(): boolean;
  /** Closes the client; its process may hold another one. A process that does not close in time is killed. */
  leave(): Promise<void>;
}

/** Milliseconds to close: the client's grace, and as much again. */
const CLOSE_MS = 5_000;

export function createPerson(options: {
  user: string;
  peers: readonly string[];
  server: string;
  profile: string;
  takeSeat: () => Seat;
  giveBack: (seat: Seat) => void;
  add: (event: TraceEvent) => void;
}): Person {
  const { user, peers, server, profile, add } = options;
  let seat: Seat | null = null;
  let opened = false;
  let created = false;
  let killed = false;
  const waiting: Command[] = [];

  function start(): void {
    if (seat) return;
    const taken = options.takeSeat();
    seat = taken;
    killed = false;
    add({ is: 'spawned', at: monotonic(), user });
    taken.listen(hear);
    void taken.gone.then((how) => onGone(taken, how));
    taken.tell({ do: 'open', create: !created, server, profile, username: user, peers: [...peers] });
  }

  function hear(report: Report): void {
    add({ user, ...report });
    if (report.is !== 'opened') return;
    created = true;
    opened = true;
    for (const command of waiting.splice(0)) seat?.tell(command);
  }

  function onGone(gone: Seat, how: Ending): void {
    if (seat !== gone) return;
    seat = null;
    opened = false;
    add({ is: 'gone', at: monotonic(), user, ...how });
    // At its step: whoever uses it opens it again. So does what waits to be told.
    if (!killed || waiting.length > 0) start();
  }

  return {
    user,
    isOpen: () => opened,
    start() {
      killed = false;
      start();
    },
    tell(command) {
      if (opened && !killed) seat?.tell(command);
      else waiting.push(command);
      start();
    },
    tellOpen: (command) => void (opened && seat?.tell(command)),
    kill() {
      if (!seat || killed || !created) return false;
      killed = true;
      opened = false;
      seat.kill();
      return true;
    },
    async leave() {
      const leaving = seat;
      seat = null;
      if (!leaving) return;
      const closed = new Promise<boolean>((resolve) => {
        leaving.listen((report) => report.is === 'closed' && resolve(true));
        void leaving.gone.then(() => resolve(false));
        setTimeout(() => resolve(false), CLOSE_MS).unref();
      });
      leaving.tell({ do: 'disarm' });
      leaving.tell({ do: 'close' });
      if (await closed) {
        options.giveBack(leaving);
        return;
      }
      leaving.kill();
      await leaving.gone;
    },
  };
}
