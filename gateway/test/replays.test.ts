import { openLog } from './gateway-under-test.ts';
import { describeReplays } from './replays.ts';

describeReplays('gateways on the embedded log', openLog);
