#!/usr/bin/env node
import { startPrebuilt } from '../../packages/command-line/src/prebuilt.js';

await startPrebuilt(new URL('../src/main.ts', import.meta.url));
