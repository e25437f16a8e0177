import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Machine, machine } from '../figures.ts';
import type { MeasureOptions } from '../measure.ts';
import { type Exchange, measureExchange } from './exchange.ts';
import { type FirstScreen, measureFirstScreen } from './first-screen.ts';
import { type Messages, measureMessages } from './messages.ts';
import { makePerson } from './person.ts';
import { measureReceiving, type Receiving } from './receiving.ts';
import { FULL_E2EE, QUICK_E2EE } from './scale.ts';
import { measureSignIn, type SignIn } from './sign-in.ts';

/** All that one run measured of the end-to-end encryption, and of the client around it. */
export interface E2eeFigures {
  readonly setting: Machine & { readonly quick: boolean };
  readonly messages: Messages;
  readonly exchange: Exchange;
  readonly signIn: SignIn;
  readonly firstScreen: FirstScreen;
  readonly receiving: Receiving;
}

/** Runs every measurement, one after another, in this process; the server of the sign-in has ended when it settles. */
export async function measureE2ee({
  quick,
  profileDir,
  dataDir,
  progress,
}: MeasureOptions): Promise<E2eeFigures> {
  const scale = quick ? QUICK_E2EE : FULL_E2EE;
  const setting = { ...machine(), quick };
  const folder = join(dataDir, 'e2ee');
  await mkdir(folder);
  progress('keys of two people');
  const alice = await makePerson('alice');
  const bob = await makePerson('bob');
  progress('messages');
  const messages = measureMessages(alice, bob, scale);
  progress('key exchanges');
  const exchange = measureExchange(alice, bob, scale);
  progress('signing in');
  const signIn = await measureSignIn(alice, scale, { dataDir: folder, profileDir });
  progress(`a profile of ${scale.history} messages`);
  const firstScreen = await measureFirstScreen(alice, scale, folder);
  progress(`receiving ${scale.received} messages`);
  const receiving = await measureReceiving(bob, scale, folder);
  return { setting, messages, exchange, signIn, firstScreen, receiving };
}
