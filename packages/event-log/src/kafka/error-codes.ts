/** The error codes that are told apart here (Kafka protocol guide, "Error Codes"). */
export const ERROR = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeaderOrFollower: 6,
  requestTimedOut: 7,
  brokerNotAvailable: 8,
  replicaNotAvailable: 9,
  messageTooLarge: 10,
  networkException: 13,
  coordinatorLoadInProgress: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  outOfOrderSequenceNumber: 45,
  invalidProducerEpoch: 47,
  kafkaStorageError: 56,
  unknownProducerId: 59,
  fetchSessionIdNotFound: 70,
  invalidFetchSessionEpoch: 71,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  offsetNotAvailable: 78,
  unknownTopicId: 100,
  inconsistentTopicId: 103,
  fetchSessionTopicIdError: 106,
} as const;

/** Who answers so does not lead the topic, or does not know it (yet, or any more): ask for the leader again. */
const ELSEWHERE: ReadonlySet<number> = new Set([
  ERROR.unknownTopicOrPartition,
  ERROR.leaderNotAvailable,
  ERROR.notLeaderOrFollower,
  ERROR.brokerNotAvailable,
  ERROR.replicaNotAvailable,
  ERROR.kafkaStorageError,
  ERROR.fencedLeaderEpoch,
  ERROR.unknownLeaderEpoch,
  ERROR.offsetNotAvailable,
  ERROR.unknownTopicId,
  ERROR.inconsistentTopicId,
]);

/** Of a produce: whether it was written is not known, or it was not and may be later. It is sent again as it was. */
const AGAIN: ReadonlySet<number> = new Set([
  ERROR.requestTimedOut,
  ERROR.networkException,
  ERROR.notEnoughReplicas,
  ERROR.notEnoughReplicasAfterAppend,
]);

/** The broker no longer knows the producer, or not in that state: a new producer id is asked for. */
const PRODUCER_LOST: ReadonlySet<number> = new Set([
  ERROR.outOfOrderSequenceNumber,
  ERROR.invalidProducerEpoch,
  ERROR.unknownProducerId,
]);

/** The fetch session is gone or differs: a new one begins with all of its topics. */
const SESSION_LOST: ReadonlySet<number> = new Set([
  ERROR.fetchSessionIdNotFound,
  ERROR.invalidFetchSessionEpoch,
  ERROR.fetchSessionTopicIdError,
]);

const COORDINATOR_ELSEWHERE: ReadonlySet<number> = new Set([
  ERROR.coordinatorLoadInProgress,
  ERROR.coordinatorNotAvailable,
  ERROR.notCoordinator,
  ERROR.requestTimedOut,
]);

export const isElsewhere = (code: number): boolean => ELSEWHERE.has(code);
export const isAgain = (code: number): boolean => ELSEWHERE.has(code) || AGAIN.has(code);
export const isProducerLost = (code: number): boolean => PRODUCER_LOST.has(code);
export const isSessionLost = (code: number): boolean => SESSION_LOST.has(code);
export const isCoordinatorElsewhere = (code: number): boolean => COORDINATOR_ELSEWHERE.has(code);
