/** Stand-ins behind ports, as the platform meets them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import RunwayML from "@runwayml/sdk";
import Replicate from "replicate";
import { afterEach, expect, test } from "vitest";
import { PROVIDER_SETTINGS, providersIn } from "../../../scripts/local/providers.mjs";
import { RunwayEmulator } from "../runway/emulator.ts";
import { serveVendor } from "./serve.ts";
import { serveVendors } from "./server.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((close) => close()))));

test("vendors' own clients make things over the network, files stream without a length, and webhooks come by themselves", async () => {
  const heard: string[] = [];
  const listener = createServer((request, response) => {
    heard.push(request.url ?? "");
    response.writeHead(200).end();
  });
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
  open.push(() => new Promise((closed) => listener.close(() => closed())));
  const { settings, close } = await serveVendors({ port: 0, delayMs: 100 });
  open.push(close);
  const runway = new RunwayML({ apiKey: settings["RUNWAY_API_KEY"] ?? "", baseURL: settings["RUNWAY_API_BASE"] ?? "", maxRetries: 0 });
  const { id } = await runway.textToVideo.create({ model: "gen4.5", promptText: "A door", ratio: "1280:720", duration: 2 });
  await expect.poll(async () => (await runway.tasks.retrieve(id)).status).toBe("SUCCEEDED");
  const task = await runway.tasks.retrieve(id);
  const file = await fetch(task.status === "SUCCEEDED" ? (task.output[0] ?? "") : "");
  expect([file.status, file.headers.get("content-length"), (await file.arrayBuffer()).byteLength > 500]).toEqual([200, null, true]);
  const replicate = new Replicate({ auth: settings["REPLICATE_API_TOKEN"] ?? "", baseUrl: `${settings["REPLICATE_API_BASE"]}/v1` });
  await replicate.predictions.create({ model: "black-forest-labs/flux-1.1-pro", input: { prompt: "A door" }, webhook: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook?job=1`, webhook_events_filter: ["completed"] });
  await expect.poll(() => heard).toEqual(["/hook?job=1"]);
});

test("stand-ins are told to the platform by every setting that a vendor's key needs: none is left to a key of the environment's", async () => {
  const { settings, close } = await serveVendors({ port: 0, delayMs: 100 });
  open.push(close);
  expect(providersIn(settings)).toEqual(providersIn(Object.fromEntries(PROVIDER_SETTINGS.map((name) => [name, "x"]))));
  for (const [name, value] of Object.entries(settings)) if (name.endsWith("_API_BASE")) expect(value).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(Object.keys(settings).filter((name) => !PROVIDER_SETTINGS.includes(name))).toEqual([]);
});

test("a body without an end stops when nobody reads it any more, and a lost answer is a broken connection", async () => {
  const { emulator, origin, close } = await serveVendor((at) => new RunwayEmulator({ origin: at, filesOrigin: at, key: "k", now: () => Date.now(), deliver: null, delayMs: 0 }));
  open.push(close);
  const ask = (signal?: AbortSignal) => fetch(`${origin}/v1/organization`, { headers: { authorization: "Bearer k", "x-runway-version": "2024-11-06" }, ...(signal ? { signal } : {}) });
  emulator.faults.push({ does: "endless", times: 1 });
  await expect(ask(AbortSignal.timeout(400)).then((answer) => answer.text())).rejects.toThrow();
  emulator.faults.push({ does: "lost", times: 1 });
  await expect(ask()).rejects.toThrow();
  emulator.faults.push({ does: "truncated", times: 1 });
  await expect(ask().then((answer) => answer.text())).rejects.toThrow();
  expect((await ask()).status).toBe(200);
});
