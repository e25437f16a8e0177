import { setTimeout as sleep } from 'node:timers/promises';
import { Value } from 'typebox/value';
import { answerQuestions } from './child.ts';
import { HonestQuestion } from './honest-protocol.ts';
import { createV1User, createV2User, type HonestUser } from './honest-user.ts';

const USERS = 20;
/** Each user sends once in that time, and does what his client does beside. */
const TURN_MS = 1_000;
/** How often it is looked whether all has come. */
const LOOK_MS = 50;
/** What the honest write begins so: what others write to them is not looked at. */
const MARK = 'honest';

const users: HonestUser[] = [];
/** By receiver: the numbers that were sent to him, and those that came. */
const sent: number[][] = [];
const came: number[][] = [];
let latencies: number[] = [];
/** Since the last window, or the last settling, that told of them. */
const failures: string[] = [];
let isWriting = true;

/** Sends to the next one in the ring; a send that failed may or may not come. */
async function turn(index: number): Promise<void> {
  const user = users[index];
  const to = (index + 1) % USERS;
  const other = users[to];
  if (!user || !other) return;
  if (isWriting) {
    const number = sent[to]?.push(sent[to].length) ?? 0;
    void user.send(other.name, `${MARK} ${number - 1}`);
  }
  await user.tick();
}

async function begin(url: string): Promise<object> {
  for (let index = 0; index < USERS; index++) {
    sent.push([]);
    const inbox: number[] = [];
    came.push(inbox);
    const seen = {
      onAnswered(ms: number, failed: string | null) {
        if (failed === null) latencies.push(ms);
        else failures.push(failed);
      },
      onMessage(text: string) {
        const [mark, number] = text.split(' ');
        if (mark === MARK) inbox.push(Number(number));
      },
    };
    users.push(await (index % 2 === 0 ? createV1User(url, seen) : createV2User(url, seen)));
  }
  users.forEach((_, index) => {
    setTimeout(() => setInterval(() => void turn(index), TURN_MS), (index * TURN_MS) / USERS);
  });
  return { names: users.map(({ name }) => name) };
}

/** Of one receiver; null when all has come, once. Not in order: a send does not wait for the one before it. */
function wrongAt(index: number): string | null {
  const got = came[index]?.toSorted((one, other) => one - other).join() ?? '';
  const expected = sent[index]?.join() ?? '';
  if (expected === got) return null;
  const missing = sent[index]?.filter((number) => !came[index]?.includes(number)) ?? [];
  return `${users[index]?.name}: of ${sent[index]?.length} messages ${came[index]?.length} came, without ${missing.slice(0, 10)}`;
}

async function settle(ms: number): Promise<object> {
  isWriting = false;
  const end = performance.now() + ms;
  const wrong = (): string[] => users.flatMap((_, index) => wrongAt(index) ?? []);
  while (wrong().length > 0 && performance.now() < end) await sleep(LOOK_MS);
  return { sent: sent.flat().length, wrong: [...failures.splice(0), ...wrong()] };
}

answerQuestions(async (raw) => {
  const question = Value.Parse(HonestQuestion, raw);
  switch (question.ask) {
    case 'begin':
      return begin(question.url);
    case 'window': {
      latencies = [];
      await sleep(question.ms);
      return { latencies, failures: failures.splice(0) };
    }
    case 'settle':
      return settle(question.ms);
    case 'go on':
      isWriting = true;
      return {};
  }
});
