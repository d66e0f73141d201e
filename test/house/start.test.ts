import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { importsOf, read } from "./sources.ts";

const root = path.resolve(import.meta.dirname, "../..");
const local = (name: string) => JSON.stringify(path.join(root, "scripts/local", name));
const made = mkdtempSync(path.join(tmpdir(), "dailies-start-"));
const holders: ChildProcess[] = [];
afterAll(() => {
  for (const holder of holders) holder.kill("SIGKILL");
  rmSync(made, { recursive: true, force: true });
});

/** A folder with files of somebody in it. */
function folder(files: Record<string, string> = {}): string {
  const place = mkdtempSync(path.join(made, "data-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
    writeFileSync(path.join(place, name), text);
  }
  return place;
}

interface Ended {
  code: number | null;
  said: string;
}
function run(args: string[], cwd = root): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  return { code: status, said: (stdout + stderr).trim() };
}

/** `npm start`, and what is run before it, to stand for another machine. */
const start = (args: string[], { before = "", cwd = root } = {}) => run([...(before ? ["--import", `data:text/javascript,${encodeURIComponent(before)}`] : []), path.join(root, "scripts/start.mjs"), ...args], cwd);
/** Takes a folder as a start does, without building and running anything. */
const open = (data: string, reset = false) => run(["--input-type=module", "-e", `import { openFolder } from ${local("folder.mjs")}; openFolder(${JSON.stringify({ data, reset })});`]);

/** A process that has a folder until it is killed, and says where it is, and what its parts are. */
async function holding(data: string, origin: string | null, parts: (number | undefined)[] = []): Promise<ChildProcess> {
  const code = `import { openFolder } from ${local("folder.mjs")}; const { tell } = openFolder(${JSON.stringify({ data, reset: false })}); tell(${JSON.stringify(origin)}, ${JSON.stringify(parts)}); process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000); console.log("open");`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  holders.push(holder);
  if (holder.stdout) await once(holder.stdout, "data");
  return holder;
}

test.each([
  [["--data=", "--reset"], "--data needs a folder, not nothing."],
  [["--data", "", "--reset"], "--data needs a folder, not nothing."],
  [["--data= ", "--reset"], "--data needs a folder, not nothing."],
  [["--reset", "--data"], "--data needs a folder, not nothing."],
  [["--data", "--reset"], "--data needs a folder, not --reset."],
  [["--data=--reset"], "--data needs a folder, not --reset."],
  [["--port="], "--port needs a number from 1 to 65535, not nothing."],
  [["--port", "--no-demo"], "--port needs a number from 1 to 65535, not --no-demo."],
  [["--port=80a"], "--port needs a number from 1 to 65535, not 80a."],
  [["--reset=no"], "--reset takes no value: leave =no away."],
  [["--constructor"], "Unknown option --constructor."],
])("%j is refused with a sentence, and the folder that it was said in stays as it is", (args, sentence) => {
  const cwd = folder({ "film.mp4": "mine" });
  expect(start(args, { cwd })).toEqual({ code: 2, said: expect.stringMatching(new RegExp(`^${sentence.replaceAll(/[.]/g, "\\.")}\nUsage: [^\n]+$`)) });
  expect(readdirSync(cwd)).toEqual(["film.mp4"]);
});

test.each([["--reset"], ["--no-demo"]])("a folder with files of somebody else is named, and neither emptied nor filled (%s)", (option) => {
  const foreign = folder({ "film.mp4": "mine", "secrets.json": '{"apiKey":"mine"}', "logs/of-mine.log": "mine" });
  expect(start(["--data", foreign, option])).toEqual({ code: 1, said: `${foreign} has files that are not of Dailies: name another folder with --data, or an empty one.` });
  expect(readdirSync(foreign, { recursive: true }).toSorted()).toEqual(["film.mp4", "logs", "logs/of-mine.log", "secrets.json"]);
  expect(start(["--data", folder({ "secrets.json": '{"apiKey":"mine"}' }), option]).code).toBe(1);
});

test("a folder of ours is kept by a start, and emptied by --reset", () => {
  const data = folder();
  expect(open(data)).toEqual({ code: 0, said: "" });
  writeFileSync(path.join(data, "film.sqlite"), "a film");
  const secrets = readFileSync(path.join(data, "secrets.json"), "utf8");
  expect(open(data).code).toBe(0);
  expect([readFileSync(path.join(data, "film.sqlite"), "utf8"), readFileSync(path.join(data, "secrets.json"), "utf8")]).toEqual(["a film", secrets]);
  expect(open(data, true)).toEqual({ code: 0, said: "" });
  expect(readdirSync(data).toSorted()).toEqual(["logs", "secrets.json"]);
  expect(readFileSync(path.join(data, "secrets.json"), "utf8")).not.toBe(secrets);
  expect(open(path.join(data, "logs", "new"), true).code).toBe(0);
});

test("a folder has one that runs on it: another is told where that is, and deletes nothing", async () => {
  const data = folder();
  await holding(data, "http://localhost:8787");
  writeFileSync(path.join(data, "film.sqlite"), "a film");
  expect(start(["--data", data, "--reset"])).toEqual({ code: 1, said: `Dailies runs on ${data} already, at http://localhost:8787: use that one, end it, or name another folder with --data.` });
  expect(existsSync(path.join(data, "film.sqlite"))).toBe(true);
  const early = folder();
  const { pid } = await holding(early, null);
  expect(start(["--data", early])).toEqual({ code: 1, said: `Dailies is being started on ${early} already, by process ${pid}: wait until it says where it is, or name another folder with --data.` });
});

test("what a killed one left is taken over, also where its number is another's by now; one that ends gives the folder back", async () => {
  const data = folder();
  const lock = path.join(data, "running.json");
  const killed = await holding(data, "http://localhost:8787");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  expect(existsSync(lock)).toBe(true);
  const next = await holding(data, null);
  expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject({ pid: next.pid, origin: null });
  next.kill("SIGTERM");
  await once(next, "exit");
  expect(existsSync(lock)).toBe(false);
  for (const text of ["", "{", "null", "[]", JSON.stringify({ pid: 0, began: null, origin: null }), ...(existsSync("/proc/self/stat") ? [JSON.stringify({ pid: process.pid, began: "1", origin: null })] : [])]) {
    writeFileSync(lock, text);
    expect({ text, ...open(data) }).toEqual({ text, code: 0, said: "" });
  }
});

test("whoever takes over from a killed one waits until its parts have ended as well", async () => {
  const data = folder();
  const part = spawn(process.execPath, ["-e", "setTimeout(() => {}, 1500)"], { stdio: "ignore" });
  holders.push(part);
  const ended = once(part, "exit");
  const killed = await holding(data, "http://localhost:8787", [part.pid]);
  killed.kill("SIGKILL");
  await once(killed, "exit");
  const began = Date.now();
  expect(open(data, true).code).toBe(0);
  expect(Date.now() - began).toBeGreaterThan(500);
  await ended;
});

test("of many that start at once on what a killed one left, one has the folder", async () => {
  const data = folder({ "running.json": JSON.stringify({ pid: 999_999_999, began: "1", origin: null }) });
  const code = `import { takeLock } from ${local("lock.mjs")}; if (takeLock(${JSON.stringify(data)}).holder === null) { console.log("mine"); setTimeout(() => {}, 5000); }`;
  const starting = Array.from({ length: 6 }, () => spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] }));
  holders.push(...starting);
  let said = "";
  for (const { stdout } of starting) stdout?.on("data", (text: Buffer) => { said += text.toString(); });
  await expect.poll(() => starting.filter(({ exitCode }) => exitCode === 0).length).toBe(5);
  expect(said).toBe("mine\n");
});

test("an old Node is told so before anything that it may lack is loaded", () => {
  const before = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.12.1" } });';
  expect(start(["--data="], { before })).toEqual({ code: 1, said: "Dailies needs Node 20 or newer to start; this is 18.12.1. Install a newer one from nodejs.org." });
  const imported = (name: string) => importsOf({ path: name, text: read(name).replaceAll(/^void import.*$/gm, "") });
  expect([imported("scripts/start.mjs"), imported("scripts/local/version.mjs")]).toEqual([["./local/version.mjs"], []]);
});

test.each([
  ["statfsSync", "() => ({ bavail: 1, bsize: 4096 })", (data: string) => `The disk of ${data} is nearly full: free at least 500 MB, or name another folder with --data.`],
  ["mkdirSync", '() => { throw Object.assign(new Error("no space"), { code: "ENOSPC" }); }', (data: string) => `The disk of ${data} is full: free at least 500 MB, or name another folder with --data.`],
  ["writeFileSync", '() => { throw Object.assign(new Error("permission denied"), { code: "EACCES" }); }', (data: string) => `${data} cannot be written to by this user: change that, or name another folder with --data.`],
  ["statfsSync", '() => { throw Object.assign(new Error("not implemented"), { code: "ENOSYS" }); }', (data: string) => `${data} cannot be used (not implemented): name another folder with --data.`],
])("a folder that cannot be used is one sentence (%s)", (name, replacement, sentence) => {
  const data = folder();
  const before = `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module"; fs.${name} = ${replacement}; syncBuiltinESMExports();`;
  expect(start(["--data", data], { before })).toEqual({ code: 1, said: sentence(data) });
});

test("a file is no folder", () => {
  const file = path.join(folder({ "film.mp4": "mine" }), "film.mp4");
  for (const data of [file, path.join(file, "below")]) expect(start(["--data", data, "--reset"])).toEqual({ code: 1, said: `${data} is not a folder: name one with --data.` });
});

test("a port is free where nobody listens on either address of localhost, and one that this user may not open is not called busy", async () => {
  const listening = await Promise.all(["127.0.0.1", "::1"].map(async (address) => {
    const server = createServer();
    const opened = await new Promise<boolean>((resolve) => server.once("error", () => resolve(false)).listen(0, address, () => resolve(true)));
    return { server, port: opened ? (server.address() as AddressInfo).port : null };
  }));
  const ask = (port: number, before = "") => run(["--input-type=module", "-e", `import { Server } from "node:net"; ${before} import { freePort } from ${local("ports.mjs")}; console.log(await freePort(${port}));`]);
  for (const { port } of listening) if (port !== null) expect(Number(ask(port).said)).toBeGreaterThan(port);
  for (const { server } of listening) server.close();
  const forbidden = 'Server.prototype.listen = function () { setImmediate(() => this.emit("error", Object.assign(new Error("denied"), { code: "EACCES" }))); return this; };';
  expect(ask(443, forbidden)).toEqual({ code: 1, said: "Port 443 may be opened by an administrator only: name one from 1024 up with --port." });
});
