import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newPerson } from '../contract/people.ts';
import { type ServiceProcesses, startServiceProcesses } from '../contract/service-processes.ts';
import { bodyOf, member, textMember } from '../v1-client/reading.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** Four processes, and the lines that they log. */
describe('the id of a request', () => {
  let system: ServiceProcesses;
  const lines: string[] = [];
  beforeAll(async () => {
    system = await startServiceProcesses({
      environment: { LOG_LEVEL: 'debug', TRUST_PROXY: '127.0.0.1' },
      onLine: (line) => void lines.push(line),
    });
  });
  afterAll(() => system.stop());

  /** The names of the services that logged something of this request. */
  const loggedBy = (id: string): string[] =>
    lines
      .filter((line) => line.includes(`"reqId":"${id}"`))
      .map((line) => textMember(JSON.parse(line), 'name'));

  it('is in the answer, in its headers, and in the log of the service that refused it', async () => {
    const { session } = await newPerson({ url: system.url });
    const answer = await session.post('/chat/nobody_there/send', { message: 'x' });
    expect(answer.status).toBe(404);
    const id = String(answer.headers['x-request-id']);
    expect(textMember(member(bodyOf(answer), 'error'), 'request_id')).toBe(id);
    await vi.waitFor(() => expect(loggedBy(id)).toContain('relay'));
  });

  it('is the trace id of a proxy in front, in all of these places', async () => {
    const { session } = await newPerson({ url: system.url });
    const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
    const answer = await session.post('/chat/nobody_there/send', { message: 'x' }, headers);
    expect(answer.headers['x-request-id']).toBe(TRACE);
    await vi.waitFor(() => expect(loggedBy(TRACE)).toContain('relay'));
    expect((await session.get('/nowhere', headers)).headers['x-request-id']).toBe(TRACE);
    await vi.waitFor(() => expect(loggedBy(TRACE)).toContain('gateway'));
  });
});
