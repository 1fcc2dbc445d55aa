// Plain JavaScript that imports nothing: a Node that is too old for the rest can still say what is wrong.
const [major] = process.versions.node.split('.').map(Number);
if (major < 26) {
  console.error(
    `nightwatch needs Node 26 or later, this is ${process.version}: install it, or run 'npm install' in a clone and start with 'npx nightwatch'.`,
  );
  // What imports this must not go on.
  process.exit(2);
}
