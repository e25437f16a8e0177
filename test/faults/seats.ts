import { type Seat, startSeat } from './seat.ts';

/** Client processes; those that nobody uses wait for somebody. */
export interface Seats {
  takeSeat(): Seat;
  giveBack(seat: Seat): void;
  close(): Promise<void>;
}

/** `module`: of the client process. */
export function createSeats(module: string): Seats {
  const free: Seat[] = [];
  const all = new Set<Seat>();
  return {
    takeSeat() {
      const seat = free.pop() ?? startSeat(module);
      all.add(seat);
      void seat.gone.then(() => all.delete(seat));
      return seat;
    },
    giveBack: (seat) => void free.push(seat),
    async close() {
      const leaving = [...all];
      for (const seat of leaving) seat.kill();
      await Promise.all(leaving.map((seat) => seat.gone));
    },
  };
}
