#!/usr/bin/env node
// The program as it is linked into a PATH: tsx is found from here, wherever one stands.
import { register } from 'tsx/esm/api';

register();
await import('../src/main.ts');
