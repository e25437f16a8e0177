#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { startPrebuilt } from '../../packages/command-line/src/prebuilt.js';

// Node lets garbage grow to several times of what is in use, to save time that this program has: it waits for keys. Before anything is
// loaded the old generation is told to grow by a quarter between two collections, and the young one to stay as it is.
setFlagsFromString('--heap-growing-percent=25');
setFlagsFromString('--semi-space-growth-factor=1');

await startPrebuilt(new URL('../src/main.ts', import.meta.url));
