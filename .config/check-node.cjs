// Runs on any Node, so that an old one ends in this sentence and not in a syntax error.
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    'LinkShare runs on Node 24, this is ' +
      process.version +
      ".\nRun 'npm ci' first: it brings Node 24 into node_modules, and npm's scripts use that one.",
  );
  process.exit(1);
}
