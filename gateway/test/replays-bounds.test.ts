import { describe, expect, it } from 'vitest';
import { createReplays } from '../src/replays.ts';
import { createUsedSignatures } from '../src/used-signatures.ts';

const NOW = 1_767_522_600_000;

describe('a gateway that remembers as many signatures as it may', () => {
  const create = (signaturesMax: number, perSessionMax: number) => {
    const used = createUsedSignatures(() => NOW, signaturesMax, perSessionMax);
    const log = { claim: async () => true, tell: () => {} };
    const replays = createReplays({ gatewayId: 'here', used, log });
    return (signature: string, sessionId: string, gatewayId: string | null = null) =>
      replays.once({ signature, until: NOW + 30_000, sessionId, gatewayId, isRepeatable: false });
  };

  it('refuses every further request as unavailable, and those that were used as replayed', async () => {
    const once = create(2, 2);
    await once('a', 's1');
    await once('b', 's2', 'here');
    await expect(once('c', 's3')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(once('d', 's4', 'here')).rejects.toMatchObject({ code: 'unavailable' });
    for (const signature of ['a', 'b'])
      await expect(once(signature, 's1')).rejects.toMatchObject({ code: 'replayed' });
  });

  it('of one session refuses that one as too many, and no other', async () => {
    const once = create(10, 1);
    await once('a', 's1');
    await expect(once('b', 's1')).rejects.toMatchObject({ code: 'too_many' });
    await once('b', 's2');
  });
});
