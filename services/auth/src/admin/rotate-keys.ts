import { setTimeout as sleep } from 'node:timers/promises';
import { type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { AdminKeyRotation, AdminKeyRotationStart } from '@secure-chat/wire/admin-api';
import type { KeyRotation } from '../key-rotation.ts';

/** Milliseconds that a question for news waits for the end: a process that is told to go has 5 s for what is asked. */
const PATIENCE_MS = 2_000;

/** `npm run admin -- rotate-keys`: begins. */
export const rotateKeys = (rotation: KeyRotation): Operation =>
  openOperation({
    method: 'POST',
    path: '/key-rotation',
    response: AdminKeyRotationStart,
    async handle() {
      return { value: { refusal: rotation.start() } };
    },
  });

/** How far it is: at its end, or in 2 s. */
export const keyRotation = (rotation: KeyRotation): Operation =>
  openOperation({
    method: 'GET',
    path: '/key-rotation',
    response: AdminKeyRotation,
    async handle() {
      await Promise.race([rotation.settled(), sleep(PATIENCE_MS, undefined, { ref: false })]);
      return { value: rotation.state() };
    },
  });
