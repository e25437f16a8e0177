import { Value } from 'typebox/value';
import { AttackQuestion } from './attack-protocol.ts';
import { ATTACKS } from './attacks.ts';
import { answerQuestions } from './child.ts';
import { createTally } from './tally.ts';

const tally = createTally();
const stopping = new AbortController();
let attack = async (): Promise<void> => {};
let attacking = Promise.resolve();

answerQuestions(async (raw) => {
  const question = Value.Parse(AttackQuestion, raw);
  if (question.ask === 'prepare') {
    const chosen = ATTACKS.find(({ name }) => name === question.name);
    if (!chosen) throw new Error(`no attack ${question.name}`);
    attack = await chosen.prepare({ ...question, signal: stopping.signal, tally });
  }
  if (question.ask === 'begin') attacking = attack();
  if (question.ask === 'stop') {
    stopping.abort();
    await attacking;
  }
  return tally.all();
});
