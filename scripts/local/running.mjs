// Runs the whole platform on loopback until Ctrl+C, see start.mjs. Built-ins only.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readArguments } from "./arguments.mjs";
import { openFolder } from "./folder.mjs";
import { install } from "./install.mjs";
import { freePort } from "./ports.mjs";
import { PROVIDER_SETTINGS, providersIn } from "./providers.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const options = readArguments(process.argv.slice(2), root);
const READY_MS_MAX = 120_000;

const { secrets, tell } = openFolder(options);
const node = install(root);
const built = spawnSync(node, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });
if (built.status !== 0) process.exit(built.status ?? 1);

const port = await freePort(options.port);
if (port !== options.port) console.log(`Port ${options.port} is busy; using ${port}.`);
const rendererPort = await freePort(port + 1);
const stripePort = await freePort(rendererPort + 1);
const vendorsPort = options.vendors ? await freePort(stripePort + 1) : 0;
const origin = `http://localhost:${port}`;
const renderer = `http://127.0.0.1:${rendererPort}`;
/** With a key in the environment Stripe itself is asked; without one, a stand-in on this machine. */
const ownStripe = process.env.STRIPE_SECRET_KEY ? null : `http://127.0.0.1:${stripePort}`;

const children = new Set();
let stopping = false;
const RESTARTS_MAX = 5;
const RESTARTS_WITHIN_MS = 60_000;

/** Whoever wants the folder is told where this one answers, and waits for its parts where it was killed. */
const tellOfParts = () => {
  try {
    tell(origin, [...children].flatMap(({ pid }) => pid ?? []));
  } catch (error) {
    // A full disk must not end what runs.
    console.error(`The data folder could not be marked: ${error.message}`);
  }
};

/** Start a part, and start it again when it ends by itself: what it was doing goes on from what it had stored. */
function start(name, args, env, ends = []) {
  const log = path.join(options.data, "logs", `${name}.log`);
  const output = openSync(log, "a");
  const child = spawn(node, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", output, name === "platform" ? "inherit" : output, "ipc"] });
  closeSync(output);
  children.add(child);
  tellOfParts();
  child.on("exit", (code) => {
    children.delete(child);
    if (stopping) return;
    const recent = [...ends, Date.now()].filter((at) => at > Date.now() - RESTARTS_WITHIN_MS);
    if (recent.length > RESTARTS_MAX) {
      console.error(`The ${name} keeps ending (${code ?? "killed"}). ${log} says more.`);
      void stop(1);
      return;
    }
    console.error(`The ${name} ended (${code ?? "killed"}) and is started again.`);
    setTimeout(() => { if (!stopping) start(name, args, env, recent); }, 500);
  });
}

async function stop(code) {
  if (stopping) return;
  stopping = true;
  for (const child of children) child.kill("SIGTERM");
  const ended = () => children.size === 0;
  for (let waited = 0; waited < 8_000 && !ended(); waited += 100) await new Promise((resolve) => setTimeout(resolve, 100));
  for (const child of children) child.kill("SIGKILL");
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void stop(0));
// npm that is killed cannot pass the signal on: without it nobody would be left to end this by Ctrl+C.
const parent = process.ppid;
if (process.env.npm_lifecycle_event === "start") setInterval(() => { if (process.ppid !== parent) void stop(0); }, 1_000).unref();

/** workerd tied to its parent where the system can do that, so that nothing outlives a kill. */
function workerdEnvironment() {
  const workerd = path.join(root, `node_modules/@cloudflare/workerd-linux-${process.arch === "arm64" ? "arm64" : "64"}/bin/workerd`);
  if (process.platform !== "linux" || !existsSync("/usr/bin/setpriv") || !existsSync(workerd)) return {};
  return { MINIFLARE_WORKERD_PATH: path.join(root, "scripts/local/workerd-with-parent.sh"), DAILIES_WORKERD: workerd };
}

function modelsInWords() {
  if (options.vendors) return "are tests: stand-ins of the vendors answer, and nothing is paid to them";
  const names = providersIn(process.env);
  return names.length === 0 ? "are the house's own; a vendor's key in the environment adds its models (README)" : `are the house's own, and WITH REAL MONEY those of ${names.join(", ")}`;
}

async function health() {
  try {
    const answer = await fetch(`${origin}/api/v1/health`, { signal: AbortSignal.timeout(4_000) });
    return answer.ok ? "ok" : JSON.stringify(await answer.json());
  } catch (error) {
    return String(error.cause ?? error);
  }
}

start("renderer", ["renderer/server.ts", "--port", String(rendererPort), "--host", "127.0.0.1", "--data", path.join(options.data, "renderer")], {
  RENDERER_TOKEN: secrets.RENDERER_TOKEN, RENDERER_WEBHOOK_SECRET: secrets.RENDERER_WEBHOOK_SECRET,
});
if (ownStripe) {
  start("stripe", ["test/emulators/stripe/server.ts", "--port", String(stripePort), "--data", path.join(options.data, "stripe"), "--webhook", `http://127.0.0.1:${port}/api/webhooks/stripe`, "--secret", secrets.STRIPE_WEBHOOK_SECRETS, "--key", secrets.STRIPE_SECRET_KEY], {});
}
/** Stand-ins of the vendors, for trying without keys of theirs: they say by a file where they are. No key of the environment is passed on beside theirs, since nothing is to be paid. */
async function startVendors() {
  const file = path.join(options.data, "vendors.json");
  rmSync(file, { force: true });
  start("vendors", ["test/emulators/vendor/server.ts", "--port", String(vendorsPort), "--settings", file, "--platform", `http://127.0.0.1:${port}`], {});
  for (let waited = 0; waited < 20_000 && !existsSync(file); waited += 100) await new Promise((resolve) => setTimeout(resolve, 100));
  if (!existsSync(file)) {
    console.error(`The vendors' stand-ins did not start. ${path.join(options.data, "logs", "vendors.log")} says more.`);
    await stop(1);
  }
  return { ...Object.fromEntries(PROVIDER_SETTINGS.map((name) => [name, ""])), ...JSON.parse(readFileSync(file, "utf8")) };
}
const vendors = options.vendors ? await startVendors() : {};
start("platform", ["scripts/serve.mjs", "--port", String(port), "--data", options.data, "--renderer", renderer, ...(ownStripe ? ["--stripe", ownStripe] : [])], { ...vendors, ...workerdEnvironment() });

const began = Date.now();
let state = await health();
while (state !== "ok" && !stopping) {
  if (Date.now() - began > READY_MS_MAX) {
    console.error(`Dailies did not become healthy: ${state}`);
    await stop(1);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  state = await health();
}

console.log(`
  Dailies is running at ${origin}
  Sign in as            demo@dailies.example with the password ${secrets.DEMO_PASSWORD}
  Mails land in         ${path.join(options.data, "mails")} and at ${origin}/local/mails
  The renderer answers  ${renderer}
  Models                ${modelsInWords()}
  Payments              ${ownStripe ? `are tests: no money moves. Stripe's stand-in answers at ${ownStripe}` : `go to Stripe${process.env.STRIPE_SECRET_KEY.includes("_test_") ? ", in test mode" : " and MOVE REAL MONEY"}`}
  Ctrl+C ends everything; what you made stays in ${options.data}
`);

if (options.demo) {
  const demo = spawn(node, ["scripts/demo.mjs", "--origin", origin, "--data", options.data], { cwd: root, stdio: "inherit" });
  children.add(demo);
  demo.on("exit", () => children.delete(demo));
}
