#!/usr/bin/env node
import './required-node.js';
import { setFlagsFromString } from 'node:v8';

// Nearly all that is loaded stays: V8 is not to take it for a reason to grow (heap-growth.ts).
setFlagsFromString('--semi-space-growth-factor=1');

// Only now: an older Node knows no files in TypeScript.
await import('./main.ts');
