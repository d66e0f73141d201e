import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { StreamEmulator } from "../emulators/stream/emulator.ts";
import { newSigningKey } from "../emulators/stream/tokens.ts";
import { serveVendor, type Served } from "../emulators/vendor/serve.ts";
import { openBrowser, startPlatform, type Platform } from "./platform.ts";

const MAKING_MS = 240_000;
const SCRIPT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n\nTOM\nThe bridge was closed.\n";
const ACCOUNT = "account-of-the-journey";
const SECRET = "the webhook secret of the journey";

let stream: Served<StreamEmulator>;
let platform: Platform;
let browser: Browser;
let video: string;
let cookie = "";
const problems: string[] = [];

interface Wire { id: string; status: string; hls: { url: string } | null; data: { id: string; contentType: string }[] }

/** Asks the API as somebody who has signed up. */
async function ask(method: string, address: string, body?: unknown): Promise<Wire> {
  const answer = await fetch(`${platform.origin}${address}`, { method, headers: { origin: platform.origin, cookie, ...(body !== undefined && { "content-type": "application/json" }) }, body: body === undefined ? null : JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${await answer.text()}`);
  cookie ||= answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  return (await answer.json()) as Wire;
}
const seen = async (): Promise<Wire> => (await fetch(`${platform.origin}/api/v1/videos/${video}`)).json() as Promise<Wire>;

beforeAll(async () => {
  const key = await newSigningKey();
  stream = await serveVendor((origin) => new StreamEmulator({
    origin, filesOrigin: origin, key: "token", account: ACCOUNT, webhookSecret: SECRET, notificationUrl: null, keys: [key], now: () => Date.now(), delayMs: 300, deliver: (url, init) => fetch(url, init), fetchFile: (url) => fetch(url),
  }));
  platform = await startPlatform({
    port: 9_700,
    env: {
      STREAM_ACCOUNT_ID: ACCOUNT, STREAM_API_TOKEN: "token", STREAM_CUSTOMER_CODE: "journey", STREAM_WEBHOOK_SECRETS: SECRET, STREAM_SIGNING_KEY_ID: key.id, STREAM_SIGNING_JWK: key.jwk,
      STREAM_API_BASE: `${stream.origin}/client/v4`, STREAM_PLAYBACK_BASE: stream.origin,
    },
  });
  stream.emulator.notificationUrl = `${platform.origin}/api/webhooks/stream`;
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  const code = await platform?.stop();
  await stream?.close();
  expect(code).toBe(0);
});

/** The watch page in a browser that plays streams by itself, or in one that needs a script for it. */
async function watch(by: "itself" | "script"): Promise<{ page: Page; asked: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => { if (/Content Security Policy/.test(message.text())) problems.push(message.text()); });
  if (by === "script") {
    await page.addInitScript(() => {
      const real = HTMLMediaElement.prototype.canPlayType;
      HTMLMediaElement.prototype.canPlayType = function canPlayType(type) { return /mpegurl/i.test(type) ? "" : real.call(this, type); };
    });
  }
  // From the feed, whose policy is the one that holds on the film's page.
  await page.goto(platform.origin);
  await page.locator(`a[href*="/watch/${video}"]`).first().click();
  await page.waitForURL(/\/watch\//);
  await page.locator("button.start").click();
  return { page, asked };
}
const timeOf = (page: Page): Promise<number> => page.locator(".player video").evaluate((element: HTMLVideoElement) => element.currentTime);
const sourceOf = (page: Page): Promise<string> => page.locator(".player video").evaluate((element: HTMLVideoElement) => element.currentSrc);

test("an animatic that is published is packaged by itself, within moments", async () => {
  await ask("POST", "/api/auth/sign-up/email", { name: "Ines Okafor", email: "ines@films.example", password: "correct horse battery" });
  const project = (await ask("POST", "/api/v1/projects", { title: "Late" })).id;
  await ask("PUT", `/api/v1/projects/${project}/script`, { text: SCRIPT });
  const run = (await ask("POST", "/api/v1/runs", { quote: (await ask("POST", "/api/v1/quotes", { project, target: "animatic" })).id })).id;
  await expect.poll(async () => (await ask("GET", `/api/v1/runs/${run}`)).status, { timeout: MAKING_MS, interval: 500 }).toBe("succeeded");
  const film = (await ask("GET", `/api/v1/assets?project=${project}&kind=animatic`)).data.find(({ contentType }) => contentType === "video/mp4");
  video = (await ask("POST", "/api/v1/videos", { project, asset: film?.id, title: "Late", visibility: "public" })).id;
  await expect.poll(async () => (await seen()).hls?.url ?? "", { timeout: 20_000 }).toContain(`${stream.origin}/`);
});

test.each(["itself", "script"] as const)("it plays as a stream, with sound, in a browser by %s", async (by) => {
  const { page, asked } = await watch(by);
  await expect.poll(() => timeOf(page), { timeout: 20_000 }).toBeGreaterThan(1);
  expect(await sourceOf(page)).toMatch(by === "script" ? /^blob:/ : /\.m3u8$/);
  for (const part of [/\/manifest\/video\.m3u8$/, /stream_video_1/, /stream_audio_1/]) expect(asked.filter((url) => part.test(url)).length).toBeGreaterThan(0);
  expect(await page.locator(".player video").evaluate((element: HTMLVideoElement & { webkitAudioDecodedByteCount?: number }) => element.webkitAudioDecodedByteCount)).toBeGreaterThan(0);
  await page.context().close();
});

test.each(["itself", "script"] as const)("a stream that breaks is replaced by the file without a word, in a browser by %s", async (by) => {
  stream.emulator.faults.push({ at: "result", path: /stream_/, does: { status: 503 } });
  const { page } = await watch(by);
  await expect.poll(() => timeOf(page), { timeout: 30_000 }).toBeGreaterThan(1);
  expect([await sourceOf(page), await page.getByRole("alert").count()]).toEqual([expect.stringMatching(/\/media\/public\/.+\.mp4$/), 0]);
  stream.emulator.faults.length = 0;
  await page.context().close();
});

test("a film that is hidden is gone from there too, and nothing was against the page's policy", async () => {
  const { hls } = await seen();
  await ask("PATCH", `/api/v1/videos/${video}`, { visibility: "private" });
  await expect.poll(() => stream.emulator.jobs.size, { timeout: 20_000 }).toBe(0);
  expect((await fetch(hls?.url ?? "")).status).toBe(401);
  expect(problems).toEqual([]);
});
