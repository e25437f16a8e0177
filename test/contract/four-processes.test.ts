import { describePublicApi } from './public-api.ts';
import { startServiceProcesses } from './service-processes.ts';

describePublicApi('the public API of the four services, each a process', {
  start: () => startServiceProcesses({}),
});
