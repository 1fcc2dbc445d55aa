#!/usr/bin/env node
import './required-node.js';

// Only now: an older Node knows no files in TypeScript.
await import('./main.ts');
