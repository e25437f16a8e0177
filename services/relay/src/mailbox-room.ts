import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { AppError } from '@secure-chat/service-kit/app-error';
import { createBuckets } from '@secure-chat/service-kit/buckets';
import { createLately } from '@secure-chat/service-kit/lately';
import type { MailboxKind } from '@secure-chat/wire/internal-api';
import { KEYS_WAITING_MAX, MESSAGES_WAITING_MAX, NEARLY_FULL_PER_HOUR } from '@secure-chat/wire/limits';
import { topicOf } from './own-mailbox.ts';

/** Mailboxes whose room is remembered, and senders into nearly full ones: some 10 MB each. */
const REMEMBERED_MAX = 50_000;
/** Milliseconds between two looks at what a mailbox's owner has acknowledged. */
const LOOK_MS = 1_000;
/** Seconds after which a sender may ask again: only the owner knows when he comes. */
const FULL_RETRY_S = 30;
const HOUR_MS = 3_600_000;
const WAITING_MAX = { messages: MESSAGES_WAITING_MAX, keys: KEYS_WAITING_MAX };

export interface Delivery {
  readonly recipient: string;
  readonly mailbox: MailboxKind;
  readonly sender: string;
}

/** Appends to mailboxes for as long as there is room in them. */
export interface MailboxRoom {
  /** Resolves when the record is durable. Throws `mailbox_full`: then nothing was written. */
  append(delivery: Delivery, record: Uint8Array): Promise<void>;
}

export interface MailboxRoomParts {
  readonly mailboxes: Pick<Mailboxes, 'append' | 'head' | 'cursor' | 'read'>;
  readonly clock: () => number;
  readonly max?: Readonly<Record<MailboxKind, number>>;
}

interface Room {
  /** The places of the next record and of the first that waits, as far as this relay knows. */
  head: number;
  first: number;
  /** Appends without an outcome yet. */
  pending: number;
  /** Null before the first look. */
  lookedAt: number | null;
  looking: Promise<void> | null;
}

/**
 * What waits is what was appended, which each append tells, less what was acknowledged, which is looked up only when the mailbox
 * would be half full without. Then a sender has a small share an hour, so that none can shut out the others. Another relay may
 * go beyond the number by what it appends before its first answer.
 */
export function createMailboxRoom({ mailboxes, clock, max = WAITING_MAX }: MailboxRoomParts): MailboxRoom {
  const rooms = createLately<Room>(REMEMBERED_MAX);
  const rate = { count: NEARLY_FULL_PER_HOUR, perMs: HOUR_MS, burst: NEARLY_FULL_PER_HOUR };
  const shares = createBuckets({ rate, max: REMEMBERED_MAX, clock });

  function roomOf(topic: string): Room {
    const known = rooms.get(topic);
    if (known) return known;
    const room: Room = { head: 0, first: 0, pending: 0, lookedAt: null, looking: null };
    rooms.set(topic, room);
    return room;
  }

  async function look(room: Room, topic: string, halfFull: number): Promise<void> {
    const lookedAt = clock();
    const [head, cursor] = await Promise.all([mailboxes.head(topic), mailboxes.cursor(topic)]);
    let first = cursor;
    if (head - cursor >= halfFull) {
      // What the log has dropped for its age waits no more.
      const [kept] = await mailboxes.read(topic, { from: cursor, limit: 1, maxBytes: 1 });
      first = kept?.offset ?? head;
    }
    Object.assign(room, { head, first, lookedAt });
  }

  function takeShare(name: string): void {
    const wait = shares.wait(name);
    if (wait > 0) throw new AppError('mailbox_full', { retryAfter: Math.ceil(wait / 1000) });
    shares.take(name);
  }

  return {
    async append({ recipient, mailbox, sender }, record) {
      const topic = topicOf(recipient, mailbox);
      const halfFull = max[mailbox] / 2;
      const room = roomOf(topic);
      const waiting = (): number => room.head + room.pending - room.first;
      const isDue = room.lookedAt === null || (waiting() >= halfFull && clock() - room.lookedAt >= LOOK_MS);
      if (isDue)
        room.looking ??= look(room, topic, halfFull).finally(() => {
          room.looking = null;
        });
      if (room.looking) await room.looking;
      if (waiting() >= max[mailbox]) throw new AppError('mailbox_full', { retryAfter: FULL_RETRY_S });
      if (waiting() >= halfFull) takeShare(`${sender} ${topic}`);
      room.pending += 1;
      try {
        room.head = (await mailboxes.append(topic, record)) + 1;
      } finally {
        room.pending -= 1;
      }
    },
  };
}
