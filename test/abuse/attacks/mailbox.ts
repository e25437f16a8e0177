import { type Attack, addresses } from '../attack.ts';
import { createAttackers } from '../attackers.ts';
import { flood, postBytes } from '../flood.ts';

/** One sender fills mailboxes: that of somebody who reads, and that of somebody who never does. */
export const mailbox: Attack = {
  name: 'mailbox flooding',
  about:
    'one sender, 1,000 messages a second of 200 B and 50 KB, to an honest user and to one who never reads',
  async prepare(field) {
    const [sender, absent] = await createAttackers(field.url, 2);
    const [reader] = field.names;
    if (!sender || !absent || !reader) throw new Error('nobody');
    const small = JSON.stringify({ message: 'm'.repeat(200) });
    const large = JSON.stringify({ message: 'm'.repeat(50_000) });
    const next = (turn: number) => {
      const path = `/chat/${turn % 2 === 0 ? absent.name : reader}/send`;
      const body = turn % 10 === 0 ? large : small;
      return postBytes(field.url, path, body, sender.headersV2('POST', path, body));
    };
    return () => flood(field, { addresses: addresses(1), connections: 16, perSecond: 1_000, next });
  },
};
