import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { decryptMessage, encryptMessage, makeKey } from '@secure-chat/crypto/e2ee/legacy-v1';
import { paddedText, read, TEXT, write } from './message.ts';
import { conversation, type Person } from './person.ts';
import type { E2eeScale } from './scale.ts';
import { microseconds, type Timing, timed } from './timing.ts';

/** Microseconds a message. */
export interface MessageFigure {
  readonly write: Timing;
  readonly read: Timing;
}

export interface Messages {
  readonly messages: number;
  readonly textBytes: number;
  readonly paddedBytes: number;
  /** The yardstick: AES-256-GCM and HMAC-SHA256 of as many bytes as a padded message has. */
  readonly bare: MessageFigure;
  readonly v1: MessageFigure;
  /** All from one side. */
  readonly oneWay: MessageFigure;
  /** The two sides in turn: each message is read with a new ratchet key. */
  readonly inTurns: MessageFigure;
}

interface Samples {
  readonly write: number[];
  readonly read: number[];
}

/** Writes and reads one message. */
type Kind = (samples: Samples) => void;

export function measureMessages(alice: Person, bob: Person, scale: E2eeScale): Messages {
  const kinds = { bare: bare(), v1: v1(), oneWay: oneWay(alice, bob), inTurns: inTurns(alice, bob) };
  const samples = { bare: none(), v1: none(), oneWay: none(), inTurns: none() };
  const names = ['bare', 'v1', 'oneWay', 'inTurns'] as const;
  const round = (into: Record<(typeof names)[number], Samples>): void => {
    for (const name of names)
      for (let turn = 0; turn < scale.messagesPerRound; turn++) kinds[name](into[name]);
  };
  // The first is not counted: the code is compiled while it runs.
  round({ bare: none(), v1: none(), oneWay: none(), inTurns: none() });
  for (let turn = 0; turn < scale.rounds; turn++) round(samples);
  return {
    messages: scale.rounds * scale.messagesPerRound,
    textBytes: Buffer.byteLength(TEXT),
    paddedBytes: paddedText().length,
    bare: figureOf(samples.bare),
    v1: figureOf(samples.v1),
    oneWay: figureOf(samples.oneWay),
    inTurns: figureOf(samples.inTurns),
  };
}

const none = (): Samples => ({ write: [], read: [] });

const figureOf = (samples: Samples): MessageFigure => ({
  write: microseconds(samples.write),
  read: microseconds(samples.read),
});

function bare(): Kind {
  const [key, macKey, nonce] = [randomBytes(32), randomBytes(32), randomBytes(12)];
  const plain = paddedText();
  const mac = (bytes: Buffer): Buffer => createHmac('sha256', macKey).update(bytes).digest();
  return (samples) => {
    const { sealed, tag, sum } = timed(samples.write, () => {
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return { sealed, tag: cipher.getAuthTag(), sum: mac(sealed) };
    });
    timed(samples.read, () => {
      if (!mac(sealed).equals(sum)) throw new Error('a sum does not hold');
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tag.length });
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(sealed), decipher.final()]);
    });
  };
}

function v1(): Kind {
  const key = makeKey();
  return (samples) => {
    const message = timed(samples.write, () => encryptMessage(key, TEXT));
    timed(samples.read, () => decryptMessage(key, message));
  };
}

function oneWay(alice: Person, bob: Person): Kind {
  let { sender, recipient } = conversation(alice, bob);
  const direction = { sender: alice.username, recipient: bob.username };
  return (samples) => {
    const written = timed(samples.write, () => write(sender, direction));
    sender = written.ratchet;
    recipient = timed(samples.read, () => read(recipient, written.message, direction)).ratchet;
  };
}

function inTurns(alice: Person, bob: Person): Kind {
  const begun = conversation(alice, bob);
  let writer = { username: alice.username, ratchet: begun.sender };
  let reader = { username: bob.username, ratchet: begun.recipient };
  return (samples) => {
    const direction = { sender: writer.username, recipient: reader.username };
    const written = timed(samples.write, () => write(writer.ratchet, direction));
    const opened = timed(samples.read, () => read(reader.ratchet, written.message, direction));
    const wrote = { ...writer, ratchet: written.ratchet };
    writer = { ...reader, ratchet: opened.ratchet };
    reader = wrote;
  };
}
