import type { KeyObject } from 'node:crypto';
import { bundleHash, encryptionKeyBytes, openBundle } from '@secure-chat/crypto/e2ee/bundle';
import { encodeRatchet } from '@secure-chat/crypto/e2ee/ratchet-state';
import { makeIdentity } from '../../src/account.ts';
import { createBodies } from '../../src/bodies.ts';
import { createCompleteness } from '../../src/completeness.ts';
import { createContactRequests } from '../../src/contact-requests.ts';
import { createDelivery } from '../../src/delivery.ts';
import { createExchanges } from '../../src/exchanges.ts';
import { createInbox } from '../../src/inbox.ts';
import { createLegacyConversations } from '../../src/legacy-conversations.ts';
import { createNotices } from '../../src/notices.ts';
import { createNumbering } from '../../src/numbering.ts';
import { createOutbox } from '../../src/outbox.ts';
import { createOwnBundles } from '../../src/own-bundle.ts';
import { createProfile, openProfile, type Profile } from '../../src/profile/profile.ts';
import { createRatchets } from '../../src/ratchets.ts';
import { createRepairs } from '../../src/repairs.ts';
import type { Session } from '../../src/session.ts';
import { NO_IDENTITIES } from '../legacy-only.ts';

export interface WireRecord {
  readonly kind: 'key' | 'message';
  readonly id: string;
  readonly text: string;
}

const PASSWORD = 'correct horse';
const COST = { memoryKib: 8, passes: 1, lanes: 1 };

/**
 * A client without network and clock: what it posts goes to `onPost`, what arrives is handed to `receive`. Its one contact is
 * pinned by `meet`.
 */
export async function createEngine(options: {
  folder: string;
  username: string;
  rsa: KeyObject;
  now: () => number;
  onPost: (record: WireRecord) => void;
}) {
  const { folder, username, rsa, now, onPost } = options;
  const identity = makeIdentity(username, rsa);
  let profile = await createProfile({ profile: folder, password: PASSWORD, identity, cost: COST });
  let bundle = '';
  const session: Session = {
    async request({ path, body, response }) {
      const { bundle: made, id, encrypted_key, message }: Record<string, string> = Object(body);
      if (made !== undefined) bundle = made;
      else if (path.endsWith('/keyexchange'))
        onPost({ kind: 'key', id: id ?? '', text: encrypted_key ?? '' });
      else onPost({ kind: 'message', id: id ?? '', text: message ?? '' });
      const answer = response({ status: 'OK' });
      if (answer === null) throw new Error('not an answer');
      return answer;
    },
    stream: async () => {
      throw new Error('there is no stream here');
    },
    end: async () => undefined,
  };

  let online = true;

  function parts(of: Profile) {
    const bundles = createOwnBundles({ profile: of, session, username, now });
    const ratchets = createRatchets({ profile: of, bundles, username, now });
    const numbering = createNumbering(of);
    const touched = (contact: number): void => notices.touch(contact);
    const completeness = createCompleteness({ profile: of, now, missingMs: 0, onChange: touched });
    const requests = createContactRequests({
      profile: of,
      completeness,
      mode: 'accept',
      now,
      onAccepted: touched,
      onWarning: () => undefined,
    });
    const onOver = (contact: number, records: readonly string[]) => notices.answer(contact, records);
    const bodies = createBodies({
      profile: of,
      numbering,
      completeness,
      requests,
      onWithdrawn: touched,
      onOver,
      now,
    });
    const legacy = createLegacyConversations(of);
    const inbox = createInbox({
      profile: of,
      legacy,
      ratchets,
      bodies,
      requests,
      privateKey: rsa,
      now,
      onWarning: () => undefined,
    });
    const identities = { ...NO_IDENTITIES, lookUp: async (contact: number) => of.peers.get(contact) };
    const exchanges = createExchanges({
      profile: of,
      identities,
      ratchets,
      inbox,
      keyLog: { follow: async () => true, bundle: () => '' },
      now,
    });
    const onChange = (): void => undefined;
    const onReady = (): void => undefined;
    const delivery = createDelivery({
      profile: of,
      identities,
      ratchets,
      session,
      now,
      onRested: onReady,
      onWaiting: onReady,
    });
    const notices = createNotices({ profile: of, delivery, numbering, ratchets, now, onReady, gatherMs: 0 });
    const outbox = createOutbox({
      profile: of,
      delivery,
      numbering,
      ratchets,
      legacy,
      username,
      now,
      accept: requests.accept,
      isOnline: () => online,
      onChange,
      onWithdrawn: touched,
    });
    return {
      bundles,
      ratchets,
      inbox,
      exchanges,
      outbox,
      notices,
      repairs: createRepairs({ profile: of, ratchets, outbox, now }),
    };
  }
  let running = parts(profile);
  let contact = 0;
  await running.bundles.publish();

  return {
    username,
    bundle: () => bundle,
    meet(name: string, theirs: string) {
      const bytes = Buffer.from(theirs, 'base64');
      const opened = openBundle(bytes);
      if (!opened) throw new Error('not a bundle');
      contact = profile.contacts.ensure(name).id;
      const keys = {
        username: name,
        identityKey: opened.identityKey.toString('base64'),
        encryptionKey: encryptionKeyBytes(opened.encryptionKey).toString('base64'),
        serial: opened.serial,
        expiresAt: opened.expiresAt,
        bundle: theirs,
        hash: bundleHash(bytes).toString('hex'),
      };
      profile.peers.put(contact, { keys, verified: false, changed: null, repairs: 0, repairedAt: 0 });
    },
    write: (text: string) => void running.outbox.write(contact, text),
    async deliver(): Promise<boolean> {
      const more = await running.outbox.deliver();
      await running.notices.deliver();
      return more;
    },
    /** Asks for what was sent in these records, as if they could not be read. */
    ask: (of: string[]) =>
      void profile.transaction(() => running.outbox.tell(contact, { kind: 'lost', of }, '')),
    renew: () => profile.transaction(() => running.ratchets.renew(contact)),
    repair: () => void running.repairs.repair(),
    /** `seq` is the test's: it loses records on purpose. */
    async receive(from: string, { kind, id, text }: WireRecord, seq: number): Promise<void> {
      const place = { id, seq, sender: from, timestamp: new Date(now()).toISOString() };
      if (kind === 'key') await running.inbox.receiveKeys([{ ...place, encrypted_key: text }]);
      else running.inbox.receiveMessages([{ ...place, message: text }]);
      await running.exchanges.answer(() => undefined);
    },
    /** As after a crash: what was not committed is gone. */
    async restart(): Promise<void> {
      profile.close();
      profile = await openProfile(folder, PASSWORD);
      running = parts(profile);
    },
    ratchets: () => profile.ratchets.of(contact).length,
    tidy: () => profile.transaction(running.ratchets.tidy),
    keepExchange: (encryptedKey: string) => profile.waitingExchanges.add(contact, encryptedKey),
    waitingExchanges: () => profile.waitingExchanges.all().map(({ encryptedKey }) => encryptedKey),
    warn: (sentence: string) => profile.warnings.add(sentence),
    warnings: () => profile.warnings.all(),
    /** Every key of the conversation, as it would be stored. */
    keys: (): string =>
      profile.ratchets
        .of(contact)
        .map(({ ratchet, ...rest }) => encodeRatchet(ratchet).toString('hex') + JSON.stringify(rest))
        .join() + JSON.stringify(profile.peers.get(contact)),
    history: () => profile.history.page(contact, Number.MAX_SAFE_INTEGER, 10_000),
    setOnline(is: boolean): void {
      online = is;
    },
    waiting: () => profile.outbox.waiting().length,
    /** The exact bytes of what waits, each with the id of its record; null for what is not encrypted yet. */
    envelopes: () =>
      profile.outbox.waiting().map(({ message }) => {
        const entry = profile.outbox.get(message);
        return entry?.envelope ? { id: entry.wireId, text: entry.envelope.message } : null;
      }),
    close: () => profile.close(),
  };
}

export type Engine = Awaited<ReturnType<typeof createEngine>>;
