import { brokerUnderTest } from '../../../test/kafka/broker-under-test.ts';
import { describeMailboxesContract } from '../src/contract/mailboxes-contract.ts';
import { kafkaHarness } from './kafka-harness.ts';

describeMailboxesContract(
  'Kafka',
  kafkaHarness(
    () => ({ bootstrap: brokerUnderTest().environment.KAFKA_BROKERS }),
    (log) => log.mailboxes,
    new URL('./kafka-mailboxes-writer.ts', import.meta.url),
  ),
  120_000,
);
