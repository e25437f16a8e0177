import { afterAll, beforeAll, describe } from 'vitest';
import { describeBadInput } from './bad-input.ts';
import { describeBundles } from './bundles.ts';
import { describeDeletion } from './deletion.ts';
import { describeErrors } from './errors.ts';
import { describeFuzzing } from './fuzzing.ts';
import { describeInterruptedPolls } from './interrupted-polls.ts';
import { describeKeys } from './keys.ts';
import { describeLogin } from './login.ts';
import { describeMailboxes } from './mailboxes.ts';
import { describeNames } from './names.ts';
import { describePassword } from './password.ts';
import { describePresence } from './presence.ts';
import { describePublished } from './published.ts';
import { describeRegistration } from './registration.ts';
import type { Harness } from './server-under-test.ts';
import { describeSessionList } from './session-list.ts';
import { describeSessions } from './sessions.ts';
import { describeSignatures } from './signatures.ts';
import { describeSignaturesV2 } from './signatures-v2.ts';
import { describeStream } from './stream.ts';
import { describeUsers } from './users.ts';

/** The public HTTP API as wire-contract v1 has it, and what protocol v2 adds: whatever the harness starts must pass, unchanged. */
export function describePublicApi(name: string, harness: Harness): void {
  describe(name, { timeout: 20_000 }, () => {
    let running: { url: string; stop(): Promise<void> } | undefined;
    const server = {
      get url() {
        if (!running) throw new Error('the server is not started');
        return running.url;
      },
    };

    beforeAll(async () => {
      running = await harness.start();
    }, 60_000);
    afterAll(async () => {
      await running?.stop();
    }, 20_000);

    describeRegistration(server);
    describeKeys(server);
    describeNames(server);
    describeLogin(server);
    describeSignatures(server);
    describeSignaturesV2(server);
    describeSessions(server);
    describeSessionList(server);
    describePassword(server);
    describeDeletion(server);
    describeUsers(server);
    describeBundles(server);
    describeMailboxes(server);
    describeInterruptedPolls(server);
    describeBadInput(server);
    describeErrors(server);
    describeFuzzing(server);
    describePublished(server);
    describePresence(server);
    describeStream(server);
  });
}
