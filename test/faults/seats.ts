import { type Seat, startSeat } from './seat.ts';

/** Client processes that wait for somebody: to start one takes a second of a core. */
export interface Seats {
  takeSeat(): Seat;
  giveBack(seat: Seat): void;
  close(): Promise<void>;
}

export function createSeats(): Seats {
  const free: Seat[] = [];
  const all = new Set<Seat>();
  return {
    takeSeat() {
      const seat = free.pop() ?? startSeat();
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
