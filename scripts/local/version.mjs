// Looks at the Node that runs this. It is loaded by any Node, however old, so it has only what all of them have.

/** The major version; ends the program with one clear sentence where it is too old to start anything. */
export function requireNode() {
  const version = process.versions.node;
  const major = Number(version.split(".")[0]);
  if (major >= 20) return major;
  console.error(`Dailies needs Node 20 or newer to start; this is ${version}. Install a newer one from nodejs.org.`);
  return process.exit(1);
}
