import { describePublicApi } from '../contract/public-api.ts';
import { startServiceProcesses } from '../contract/service-processes.ts';
import { brokerUnderTest } from './broker-under-test.ts';

describePublicApi('the public API on Kafka, each service a process, and two relays', {
  start: () => startServiceProcesses({ environment: brokerUnderTest().environment, relays: 2 }),
});
