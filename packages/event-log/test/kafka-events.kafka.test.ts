import { brokerUnderTest } from '../../../test/kafka/broker-under-test.ts';
import { describeEventsContract } from '../src/contract/events-contract.ts';
import { kafkaHarness } from './kafka-harness.ts';

describeEventsContract(
  'Kafka',
  kafkaHarness(
    () => ({ bootstrap: brokerUnderTest().environment.KAFKA_BROKERS }),
    (log) => log.events,
    new URL('./kafka-events-writer.ts', import.meta.url),
  ),
  120_000,
);
