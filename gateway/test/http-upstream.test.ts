import { AppError } from '@secure-chat/service-kit/app-error';
import { createLogger } from '@secure-chat/service-kit/logger';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createHttpUpstream } from '../src/http-upstream.ts';
import type { Resolve } from '../src/instances.ts';
import { answer, type Behaviour, breakOff, hang, refuse, startInstance } from './fake-instance.ts';
import { identityKeys } from './gateway-under-test.ts';

const CALL = { username: '', caller: null, requestId: 'request-1', body: null } as const;
/** Short, so that tests of time-outs are. */
const PATIENCE = { answer: 900, get: 300, tries: 500 };

function relays(origins: readonly string[], more: { resolve?: Resolve; lookMs?: number } = {}) {
  const lines: string[] = [];
  const logger = createLogger('gateway', 'trace', { write: (line) => void lines.push(line) });
  const upstream = createHttpUpstream({
    service: 'relay',
    origins,
    identityKeys,
    clock: Date.now,
    logger,
    patience: PATIENCE,
    ...more,
  });
  onTestFinished(() => upstream.close());
  return {
    get: () => upstream.call({ ...CALL, method: 'GET', path: '/chat/messages' }),
    post: () => upstream.call({ ...CALL, method: 'POST', path: '/chat/bob/send', body: Buffer.from('{}') }),
    put: () => upstream.call({ ...CALL, method: 'PUT', path: '/chat/keys/bundle', body: Buffer.from('{}') }),
    all: () =>
      upstream.callAll({ ...CALL, method: 'POST', path: '/chat/bob/ephemeral', body: Buffer.from('{}') }),
    open: () => upstream.open({ ...CALL, method: 'GET', path: '/chat/stream', query: 'presence=' }),
    isReady: () => upstream.isReady(),
    logged: (text: string) => lines.filter((line) => line.includes(text)).length,
  };
}

const startTwo = async (one: Behaviour, other: Behaviour) =>
  [await startInstance(one), await startInstance(other)] as const;

const originsOf = (instances: readonly { origin: string }[]) => instances.map(({ origin }) => origin);

const times = async (count: number, call: () => Promise<unknown>): Promise<void> => {
  for (let done = 0; done < count; done++) await call();
};

const unavailable = { code: 'unavailable' } satisfies Partial<AppError>;

describe('several instances of a service', () => {
  it('take turns', async () => {
    const instances = [...(await startTwo(answer, answer)), await startInstance()];
    await times(30, relays(originsOf(instances)).post);
    expect(instances.map(({ requests }) => requests)).toEqual([10, 10, 10]);
  });

  it('do not wait for one that hangs: it has a call pending, and the others have none', async () => {
    const [hanging, other] = await startTwo(hang, answer);
    const { post } = relays(originsOf([hanging, other]));
    const both = Promise.allSettled([post(), post()]);
    await times(20, post);
    expect([hanging.requests, other.requests]).toEqual([1, 21]);
    expect((await both).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('are ready when one is, and not when none is', async () => {
    const instances = await startTwo(refuse, answer);
    const { isReady } = relays(originsOf(instances));
    expect(await isReady()).toBe(true);
    for (const instance of instances) instance.behaviour = refuse;
    expect(await isReady()).toBe(false);
    for (const instance of instances) await instance.stop();
    expect(await isReady()).toBe(false);
  });
});

describe('an instance that fails', () => {
  it('is passed over until it answers /health again, and is then used as before', async () => {
    const [one, other] = await startTwo(answer, answer);
    const { post, logged } = relays(originsOf([one, other]));
    await times(2, post);
    await one.stop();
    await times(10, post);
    expect(other.requests).toBe(11);
    expect(logged('an instance failed')).toBe(1);
    const back = await startInstance(answer, one.port);
    await vi.waitFor(() => expect(logged('an instance answers again')).toBe(1), 5_000);
    expect([back.probes, back.requests]).toEqual([1, 0]);
    await times(10, post);
    expect(back.requests).toBe(5);
  });

  it('is asked for /health after 250 ms, and then ever less often', async () => {
    const times: number[] = [];
    const failing = await startInstance((request, response) => {
      if (request.url !== '/health') return void request.socket.destroy();
      times.push(performance.now());
      response.writeHead(500).end();
    });
    const failed = performance.now();
    await expect(relays([failing.origin]).post()).rejects.toMatchObject(unavailable);
    await vi.waitFor(() => expect(times).toHaveLength(3), 5_000);
    const [first = 0, second = 0, third = 0] = times;
    // A timer may be a millisecond early.
    expect(first - failed).toBeGreaterThan(248);
    expect(second - first).toBeGreaterThan(498);
    expect(third - second).toBeGreaterThan(998);
  });

  it('is asked all the same when it is the last one', async () => {
    const only = await startInstance(breakOff);
    const { post, logged } = relays([only.origin]);
    await times(3, () => expect(post()).rejects.toMatchObject(unavailable));
    only.behaviour = answer;
    expect((await post()).status).toBe(200);
    expect(logged('an instance answers again')).toBe(1);
  });

  it('by refusing the connection costs no call: the request never left', async () => {
    const [gone, other] = await startTwo(answer, answer);
    await gone.stop();
    const { get, post } = relays(originsOf([gone, other]));
    await times(5, post);
    await times(5, get);
    expect(other.requests).toBe(10);
  });

  it('by closing costs no call: it says that it has begun nothing', async () => {
    const [closing, other] = await startTwo(refuse, answer);
    const { post } = relays(originsOf([closing, other]));
    await times(10, async () => expect((await post()).status).toBe(200));
    expect([closing.requests, other.requests]).toEqual([1, 10]);
  });

  it.each(['post', 'put'] as const)(
    'after it took a %s is a 503, and is sent to no other',
    async (method) => {
      for (const behaviour of [breakOff, hang]) {
        const instances = await startTwo(behaviour, behaviour);
        await expect(relays(originsOf(instances))[method]()).rejects.toMatchObject(unavailable);
        expect(instances.reduce((sum, { requests }) => sum + requests, 0)).toBe(1);
      }
    },
  );

  it('after it took a GET is nothing that a client sees: another one is asked', async () => {
    for (const behaviour of [breakOff, hang]) {
      const [failing, other] = await startTwo(behaviour, answer);
      const { get } = relays(originsOf([failing, other]));
      await times(6, async () => expect((await get()).status).toBe(200));
      expect([failing.requests, other.requests]).toEqual([1, 6]);
    }
  });

  it('is not followed by another one once the client has hardly any patience left', async () => {
    const instances = [...(await startTwo(hang, hang)), await startInstance(hang)];
    await expect(relays(originsOf(instances)).get()).rejects.toMatchObject(unavailable);
    expect(instances.reduce((sum, { requests }) => sum + requests, 0)).toBe(2);
  });

  it('by an answer of its own, a 503 as well, is believed: only the service knows what it did', async () => {
    const busy: Behaviour = (_request, response) => void response.writeHead(503).end('{}');
    const instances = await startTwo(busy, busy);
    const { get, post } = relays(originsOf(instances));
    expect([(await get()).status, (await post()).status]).toEqual([503, 503]);
    expect(instances.map(({ requests }) => requests)).toEqual([1, 1]);
  });

  it('with all others is a 503', async () => {
    const instances = await startTwo(answer, answer);
    for (const instance of instances) await instance.stop();
    const { get, post } = relays(originsOf(instances));
    await expect(post()).rejects.toMatchObject(unavailable);
    await expect(get()).rejects.toBeInstanceOf(AppError);
  });
});

describe('a call of every instance', () => {
  it('reaches each, and is answered by one that refuses, if any does', async () => {
    const instances = [...(await startTwo(answer, answer)), await startInstance()];
    const { all } = relays(originsOf(instances));
    expect((await all()).status).toBe(200);
    expect(instances.map(({ requests }) => requests)).toEqual([1, 1, 1]);
    if (instances[1]) instances[1].behaviour = (_request, response) => void response.writeHead(429).end('{}');
    expect((await all()).status).toBe(429);
  });

  it('does not wait for those that are known to have failed, and fails when all do', async () => {
    const [failing, working] = await startTwo(breakOff, answer);
    const { all } = relays(originsOf([failing, working]));
    await times(3, async () => expect((await all()).status).toBe(200));
    expect([failing.requests, working.requests]).toEqual([1, 3]);
    working.behaviour = breakOff;
    await expect(all()).rejects.toMatchObject(unavailable);
  });
});

describe('a stream over HTTP', () => {
  const PART = 'event: live\ndata: {}\n\n';
  /** Opens a stream of two events and the beginning of a third, and leaves the rest to the test. */
  const stream: Behaviour = (request, response) => {
    if (request.url === '/health') answer(request, response);
    else response.writeHead(200).write(`${PART}${PART}event: li`);
  };

  /** A sink that keeps what it gets. */
  function createSink(full = false) {
    const got = { text: '', full, over: '' };
    return {
      got,
      sink: {
        write(events: string | Uint8Array) {
          got.text += Buffer.from(events).toString();
          return !got.full;
        },
        end() {
          got.over = 'end';
        },
        lost() {
          got.over = 'lost';
        },
      },
    };
  }
  async function start(upstream: ReturnType<typeof relays>, full = false) {
    const answered = await upstream.open();
    if (!('start' in answered)) throw new Error('refused');
    const { got, sink } = createSink(full);
    return { got, source: answered.start(sink) };
  }

  it('gives whole events only, and says when its relay is lost', async () => {
    const instance = await startInstance(stream);
    const { got } = await start(relays([instance.origin]));
    await vi.waitFor(() => expect(got.text).toBe(PART + PART));
    await instance.stop();
    await vi.waitFor(() => expect(got.over).toBe('lost'));
    expect(got.text).toBe(PART + PART);
  });

  it('ends where its relay ends it, and its connection is gone when the reader is', async () => {
    const open = new Set<object>();
    const instance = await startInstance((_request, response) => {
      open.add(response.once('close', () => open.delete(response)));
      response.writeHead(200).write(PART);
      if (open.size === 1) response.end();
    });
    const upstream = relays([instance.origin]);
    const ending = await start(upstream);
    await vi.waitFor(() => expect(ending.got).toMatchObject({ text: PART, over: 'end' }));
    open.add({});
    const staying = await start(upstream);
    await vi.waitFor(() => expect(staying.got.text).toBe(PART));
    expect(open.size).toBe(2);
    staying.source.close();
    await vi.waitFor(() => expect(open.size).toBe(1));
    expect(staying.got.over).toBe('');
  });

  it('lets its relay wait while the sink is full', async () => {
    const state = { written: 0, waits: false };
    const instance = await startInstance((_request, response) => {
      response.writeHead(200);
      const event = `data: ${'x'.repeat(60_000)}\n\n`;
      const write = () => {
        for (state.waits = false; !state.waits && state.written < 500; state.written++)
          state.waits = !response.write(event);
        if (state.written === 500) response.end();
      };
      response.on('drain', write);
      write();
    });
    const { got, source } = await start(relays([instance.origin]), true);
    await vi.waitFor(() => expect(got.text).not.toBe(''));
    await vi.waitFor(() => expect(state.waits).toBe(true));
    // Two pieces at most came by before the connection stood still.
    expect(got.text.length).toBeLessThan(256 * 1024);
    expect(state.written).toBeLessThan(500);
    got.full = false;
    source.drained();
    await vi.waitFor(() => expect(got.over).toBe('end'), 5_000);
    expect(got.text.length).toBe(500 * 60_008);
  });

  it('goes to the relay with the fewest streams, and calls do not mind', async () => {
    const instances = await startTwo(stream, stream);
    const [one, other] = instances;
    const upstream = relays(originsOf(instances));
    const open = [await start(upstream)];
    for (let count = 0; count < 5; count++) open.push(await start(upstream));
    expect(instances.map(({ requests }) => requests)).toEqual([3, 3]);
    await one.stop();
    await vi.waitFor(() => expect(open.filter(({ got }) => got.over === 'lost')).toHaveLength(3));
    for (let count = 0; count < 3; count++) open.push(await start(upstream));
    expect(other.requests).toBe(6);
    const back = await startInstance(stream, one.port);
    await vi.waitFor(() => expect(upstream.logged('an instance answers again')).toBe(1), 5_000);
    for (let count = 0; count < 4; count++) open.push(await start(upstream));
    expect([back.requests, other.requests]).toEqual([4, 6]);
    back.behaviour = answer;
    other.behaviour = answer;
    await times(4, upstream.post);
    expect([back.requests, other.requests]).toEqual([6, 8]);
  });

  it('is asked of another relay where one is closing, hangs or is gone, and is a refusal where one refuses', async () => {
    const [closing, hanging, gone] = [...(await startTwo(refuse, hang)), await startInstance(stream)];
    const working = await startInstance(stream);
    await gone.stop();
    const upstream = relays(originsOf([closing, hanging, gone, working]));
    const { got } = await start(upstream);
    await vi.waitFor(() => expect(got.text).toBe(PART + PART));
    working.behaviour = (_request, response) => void response.writeHead(400, { 'x-a': 'b' }).end('{"no":1}');
    const refused = await relays([working.origin]).open();
    expect(refused).toMatchObject({ refusal: { status: 400, headers: { 'x-a': 'b' } } });
  });
});

describe('a name', () => {
  /** A resolver of one name that says what the test says. */
  function nameServer(...first: string[]) {
    const server = { addresses: first, looks: 0, fails: false };
    const resolve: Resolve = async (hostname) => {
      server.looks++;
      expect(hostname).toBe('relay.test');
      if (server.fails) throw new Error('the name server is down');
      return server.addresses;
    };
    return { server, resolve };
  }
  const startAt = async () => {
    const one = await startInstance();
    return [one, await startInstance(answer, one.port, '127.0.0.2')] as const;
  };

  it('of several addresses is several instances', async () => {
    const [one, other] = await startAt();
    const { resolve } = nameServer('127.0.0.1', '127.0.0.2');
    await times(10, relays([`http://relay.test:${one.port}`], { resolve }).post);
    expect([one.requests, other.requests]).toEqual([5, 5]);
  });

  it('is looked up again and again: new instances get their share, those that are gone nothing', async () => {
    const [one, other] = await startAt();
    const { server, resolve } = nameServer('127.0.0.1');
    const { post } = relays([`http://relay.test:${one.port}`], { resolve, lookMs: 20 });
    const untilLooked = async () => {
      const before = server.looks;
      await vi.waitFor(() => expect(server.looks).toBeGreaterThan(before + 1));
    };
    await times(4, post);
    expect([one.requests, other.requests]).toEqual([4, 0]);
    server.addresses = ['127.0.0.1', '127.0.0.2'];
    await untilLooked();
    await times(4, post);
    expect([one.requests, other.requests]).toEqual([6, 2]);
    server.addresses = ['127.0.0.2'];
    await untilLooked();
    await times(4, post);
    expect([one.requests, other.requests]).toEqual([6, 6]);
  });

  it('is looked up at once when nothing that is known can be reached', async () => {
    const [one, other] = await startAt();
    const { server, resolve } = nameServer('127.0.0.1');
    const { post } = relays([`http://relay.test:${one.port}`], { resolve });
    await post();
    await one.stop();
    server.addresses = ['127.0.0.2'];
    expect((await post()).status).toBe(200);
    expect(other.requests).toBe(1);
  });

  it('keeps the addresses that are known while the name server is down', async () => {
    const [one] = await startAt();
    const { server, resolve } = nameServer('127.0.0.1');
    const { post, logged } = relays([`http://relay.test:${one.port}`], { resolve, lookMs: 20 });
    await post();
    server.fails = true;
    await vi.waitFor(() => expect(logged('a name was not resolved')).toBeGreaterThan(1));
    await post();
    expect(one.requests).toBe(2);
  });

  it('that nobody knows yet is a 503 until somebody does, within a second even if the name server hangs', async () => {
    const [one] = await startAt();
    const { server, resolve } = nameServer('127.0.0.1');
    server.fails = true;
    const { post, isReady } = relays([`http://relay.test:${one.port}`], { resolve });
    await expect(post()).rejects.toMatchObject(unavailable);
    expect(await isReady()).toBe(false);
    server.fails = false;
    expect((await post()).status).toBe(200);

    const deaf = relays(['http://relay.test'], { resolve: () => new Promise(() => {}) });
    await expect(deaf.post()).rejects.toMatchObject(unavailable);
  });
});
