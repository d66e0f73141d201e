// The command line of `npm start`. Built-ins only.
import path from "node:path";

const USAGE = "Usage: npm start -- [--port N] [--data DIR] [--no-demo] [--reset] [--vendors]";

/** `{ port, data, demo, reset, vendors }`; ends the program with one clear sentence on anything it does not know. */
export function readArguments(argv, root) {
  const options = { port: 8787, data: path.join(root, ".state"), demo: true, reset: false, vendors: false };
  for (let at = 0; at < argv.length; at += 1) {
    const [flag, inline] = argv[at].split("=", 2);
    const value = () => inline ?? argv[(at += 1)];
    if (flag === "--port") options.port = portOf(value());
    else if (flag === "--data") options.data = path.resolve(value() ?? fail("--data needs a folder."));
    else if (flag === "--no-demo") options.demo = false;
    else if (flag === "--reset") options.reset = true;
    else if (flag === "--vendors") options.vendors = true;
    else fail(`Unknown option ${flag}.`);
  }
  return options;
}

function portOf(text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) fail(`--port needs a number from 1 to 65535, not ${text}.`);
  return port;
}

function fail(sentence) {
  console.error(`${sentence}\n${USAGE}`);
  process.exit(2);
}
