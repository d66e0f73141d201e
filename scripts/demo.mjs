// The demo studio and its film: made through the API like anyone's, by the real pipeline. Idempotent: it goes on where it was stopped.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { localSecrets } from "./local/secrets.mjs";

const { values } = parseArgs({ options: { origin: { type: "string" }, data: { type: "string" } } });
const { origin } = values;
const password = localSecrets(values.data).DEMO_PASSWORD;
const email = "demo@dailies.example";
const title = "The Last Reel";
const script = readFileSync(path.resolve(import.meta.dirname, "../film/demo/the-last-reel.fountain"), "utf8");
const cookies = new Map();

async function call(method, url, body, key) {
  const answer = await fetch(`${origin}${url}`, {
    method,
    headers: {
      origin, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      ...(body === undefined ? {} : { "content-type": "application/json" }), ...(key ? { "idempotency-key": key } : {}),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const [pair] = cookie.split(";");
    cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  }
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}

async function must(method, url, body, key) {
  const answer = await call(method, url, body, key);
  if (answer.status >= 400) throw new Error(`${method} ${url}: ${answer.status} ${answer.body?.detail ?? JSON.stringify(answer.body)}`);
  return answer.body;
}

async function signIn() {
  const known = await call("POST", "/api/auth/sign-in/email", { email, password });
  if (known.status === 200) return;
  await must("POST", "/api/auth/sign-up/email", { email, password, name: "Dailies demo" });
}

/** Quote and run a target, and wait for it. Returns false where everything was made already. */
async function make(project, target) {
  const quoted = await call("POST", "/api/v1/quotes", { project, target });
  if (quoted.body?.code === "quote.nothing_to_do") return false;
  if (quoted.body?.code === "run.overlaps") return wait(quoted.body.run, target);
  if (quoted.status >= 400) throw new Error(`quote of ${target}: ${quoted.body?.detail}`);
  const run = await call("POST", "/api/v1/runs", { quote: quoted.body.id }, `demo-${quoted.body.id}`);
  if (run.status >= 400 && !run.body?.run) throw new Error(`run of ${target}: ${run.body?.detail}`);
  return wait(run.body.run ?? run.body.id, target);
}

const TERMINAL = new Set(["succeeded", "incomplete", "failed", "cancelled"]);

async function wait(id, target) {
  let shown = -1;
  for (;;) {
    const run = await must("GET", `/api/v1/runs/${id}`);
    if (TERMINAL.has(run.status)) {
      if (run.status === "succeeded") return true;
      const reasons = run.jobs.filter((job) => job.problem).map((job) => `${job.label}: ${job.problem.detail}`);
      throw new Error(`the ${target} of the demo film ended ${run.status}: ${reasons.slice(0, 3).join("; ")}`);
    }
    const tenth = Math.floor(run.progress / 10);
    if (tenth !== shown && process.stdout.isTTY) process.stdout.write(`\r  Demo film: ${target} ${run.progress} %   `);
    shown = tenth;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function main() {
  await signIn();
  const { data: projects } = await must("GET", "/api/v1/projects?limit=100");
  const known = projects.find((project) => project.title === title);
  const project = known ?? (await must("POST", "/api/v1/projects", { title, style: "cinematic", aspect: "16:9", targetSeconds: 60 }, "demo-project"));
  const saved = await call("GET", `/api/v1/projects/${project.id}/script`);
  if (saved.status === 404 || !saved.body?.text) await must("PUT", `/api/v1/projects/${project.id}/script`, { text: script, format: "fountain" });
  const { data: videos } = await must("GET", "/api/v1/videos?limit=100");
  if (videos.some((video) => video.title === title)) return;
  console.log("  Making the demo film from its script; it will be on the feed in a minute or two …");
  await make(project.id, "animatic");
  await make(project.id, "master");
  const { data: cuts } = await must("GET", `/api/v1/assets?project=${project.id}&kind=cut&limit=10`);
  const cut = cuts.find((asset) => asset.contentType === "video/mp4");
  const video = await must("POST", "/api/v1/videos", {
    project: project.id, asset: cut.id, title, visibility: "public", showScript: true, showProduction: true,
    description: "A projectionist, a stranger and one film that nobody was meant to see. Written as a script, then drawn, voiced, scored and cut on this machine.", tags: ["drama", "demo"],
  }, "demo-video");
  console.log(`  The demo film is on the feed: ${origin}/watch/${video.id}`);
}

try {
  await main();
} catch (error) {
  console.error(`  The demo film could not be made: ${error.message}`);
  process.exit(1);
}
