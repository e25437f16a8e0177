import { describeCanaries } from './canaries.ts';

describeCanaries('canaries, on the embedded event log');
