// The command line of `npm start`. Built-ins only.
import path from "node:path";

const USAGE = "Usage: npm start -- [--port N] [--data DIR] [--no-demo] [--reset] [--vendors]";
const SWITCHES = { "--no-demo": { demo: false }, "--reset": { reset: true }, "--vendors": { vendors: true } };

/** `{ port, data, demo, reset, vendors }`; ends the program with one clear sentence on anything it does not know. */
export function readArguments(argv, root) {
  const options = { port: 8787, data: path.join(root, ".state"), demo: true, reset: false, vendors: false };
  for (let at = 0; at < argv.length; at += 1) {
    const [flag] = argv[at].split("=", 1);
    const inline = flag === argv[at] ? null : argv[at].slice(flag.length + 1);
    // A variable that is not set leaves an empty value, or the next option in its place: neither is what was meant.
    const value = (what) => {
      const text = inline ?? argv[(at += 1)] ?? "";
      return text.trim() === "" || text.startsWith("--") ? fail(`${flag} needs ${what}, not ${text.trim() === "" ? "nothing" : text}.`) : text;
    };
    if (flag === "--port") options.port = portOf(value("a number from 1 to 65535"));
    else if (flag === "--data") options.data = path.resolve(value("a folder"));
    else if (!Object.hasOwn(SWITCHES, flag)) fail(`Unknown option ${flag}.`);
    else if (inline !== null) fail(`${flag} takes no value: leave ${argv[at].slice(flag.length)} away.`);
    else Object.assign(options, SWITCHES[flag]);
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
