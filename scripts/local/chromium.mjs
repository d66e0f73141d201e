// Finds the browser of the journeys, or installs it where that is possible. Built-ins only.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

const find = () => [process.env.CHROMIUM_PATH, playwrightsOwn(), ...PLACES].find((place) => place && existsSync(place));

function playwrightsOwn() {
  const script = "import('playwright-core').then(({ chromium }) => process.stdout.write(chromium.executablePath()))";
  return spawnSync("node_modules/.bin/node", ["--input-type=module", "-e", script], { encoding: "utf8" }).stdout;
}

const aptGet = (...args) => new Promise((resolve) => {
  const child = spawn("apt-get", args, { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  for (const event of ["close", "error"]) child.on(event, resolve);
});

/** Path of a Chromium; where there is none and none can be installed, one sentence that says what to run, and null. */
export async function chromium() {
  const found = find();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Installing Debian's chromium for the browser tests …");
    await aptGet("update", "-qq");
    await aptGet("install", "-y", "-qq", "--no-install-recommends", "chromium");
    if (find()) return find();
  }
  console.error("The browser tests need Chromium. Run `sudo apt-get install -y chromium` (or `npx playwright-core install chromium`), or set CHROMIUM_PATH, then `npm test` again.");
  return null;
}
