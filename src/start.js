#!/usr/bin/env node
// Plain JavaScript, so that a Node too old for TypeScript can still say what is wrong.
const [major] = process.versions.node.split('.').map(Number);
if (major < 26) {
  console.error(
    `nightwatch needs Node 26 or later, this is ${process.version}: install it, or run 'npm install' in a clone and start with 'npx nightwatch'.`,
  );
  process.exitCode = 2;
} else {
  await import('./main.ts');
}
