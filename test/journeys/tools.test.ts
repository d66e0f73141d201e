import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AnthropicEmulator } from "../emulators/anthropic/emulator.ts";
import { wav } from "../emulators/media.ts";
import { plainReply } from "../emulators/vendor/replier.ts";
import { RunwayEmulator } from "../emulators/runway/emulator.ts";
import { serveVendor, type Served } from "../emulators/vendor/serve.ts";
import { accessible, fits, fitsNow } from "./accessible.ts";
import { openBrowser, startPlatform, type Platform } from "./platform.ts";

const MAKING_MS = 200_000;
const KEY = "key-of-a-stand-in";
const SCRIPT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n\nEXT. BRIDGE - DAWN\n\nTom walks alone.\n";
const WORDS = "A lighthouse in fog, seen from a rowing boat";

let platform: Platform;
let writer: Served<AnthropicEmulator>;
let runway: Served<RunwayEmulator>;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let folder: string;
const problems: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "dailies-tools-"));
  const optionsAt = (origin: string) => ({ origin, filesOrigin: origin, key: KEY, now: () => Date.now(), deliver: null, delayMs: null });
  writer = await serveVendor((origin) => new AnthropicEmulator(optionsAt(origin)));
  writer.emulator.texts.otherwise = plainReply;
  runway = await serveVendor((origin) => new RunwayEmulator(optionsAt(origin)));
  runway.emulator.faults.push({ at: "create", does: { status: 401 } });
  platform = await startPlatform({ port: 9_500, env: { ANTHROPIC_API_BASE: writer.origin, ANTHROPIC_API_KEY: KEY, RUNWAY_API_BASE: runway.origin, RUNWAY_API_KEY: KEY } });
  browser = await openBrowser();
  context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => { if (/Content Security Policy/.test(message.text())) problems.push(message.text()); });
});

afterAll(async () => {
  await browser?.close();
  const code = await platform?.stop();
  await Promise.all([writer?.close(), runway?.close()]);
  rmSync(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

const at = (address: string) => `${platform.origin}${address}`;
const balance = (count: number) => page.locator(".balance", { hasText: new RegExp(`^\\s*${count} credits`) });
const result = (title: string | RegExp) => page.getByRole("article", { name: title }).first();
const order = (name: RegExp) => page.getByRole("button", { name }).click({ timeout: 20_000 });
/** To whom the studio's work may go, beside the house; null: to all. */
const allow = async (allowed: string[] | null) => expect((await page.request.put(at("/api/v1/studio/providers"), { headers: { origin: platform.origin }, data: { allowed } })).status()).toBe(200);
/** What is said at the edge of the page fades away: it is looked at without. */
const quiet = () => expect.poll(() => page.locator("[data-sonner-toast]").count(), { timeout: 30_000 }).toBe(0);

test("the tools say what they do, from what price, and why one is not to be had here", async () => {
  await page.goto(at("/sign-up"));
  await page.getByLabel("Name").fill("Ines Okafor");
  await page.getByLabel("E-mail").fill("ines@films.example");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.locator("form button.button--primary").click();
  await page.waitForURL(/\/welcome/);
  await allow(["anthropic"]);
  await page.goto(at("/studio"));
  await page.getByRole("navigation", { name: "Studio" }).getByRole("link", { name: "Tools" }).click();
  await page.waitForURL(/\/studio\/tools$/);
  await page.getByRole("link", { name: /^Clean-up.*from 10 credits per piece/ }).waitFor();
  await page.getByText("Not set up here: no provider for it has a key on this platform.").first().waitFor();
  expect(await page.getByRole("link", { name: /^Lip-sync/ }).filter({ hasText: "Makes somebody" }).count()).toBe(0);
  await page.getByRole("heading", { name: "Nothing made yet" }).waitFor();
  await fitsNow(page, "tools without results");
  await page.setViewportSize({ width: 1_440, height: 900 });
});

test("a picture is ordered from words: what is typed outlives a reload, and the price is in the button", async () => {
  await page.getByRole("link", { name: "Draw a picture" }).click();
  await page.getByText("To see the price, give: What is to be seen.").waitFor();
  await page.getByLabel("What is to be seen").fill(WORDS);
  await page.getByRole("button", { name: /^Draw it - free, about/ }).waitFor();
  await page.reload();
  await expect.poll(() => page.getByLabel("What is to be seen").inputValue()).toBe(WORDS);
  await page.getByRole("button", { name: /^Draw it - free, about/ }).waitFor();
  await page.getByLabel("What is to be seen").press("Control+Enter");
  await page.locator(".making").first().waitFor();
  await result(WORDS).waitFor({ timeout: MAKING_MS });
  await expect.poll(() => result(WORDS).locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await expect.poll(() => page.locator(".making").count()).toBe(0);
  await quiet();
  await fitsNow(page, "a picture");
  await page.setViewportSize({ width: 1_440, height: 900 });
});

test("the picture becomes a clip, paid as the button said", async () => {
  await result(WORDS).getByRole("button", { name: /^Use in/ }).click();
  await page.getByRole("menuitem", { name: "Clip" }).click();
  await page.waitForURL(/\/studio\/tools\/clip$/);
  await expect.poll(() => page.locator("form img").count()).toBe(1);
  await page.getByLabel("What happens").fill("The boat drifts closer");
  await page.getByRole("spinbutton", { name: "Length" }).fill("2");
  await page.getByRole("button", { name: /^Make it - 2 credits, about/ }).waitFor();
  await page.getByText("98 credits left afterwards.").waitFor();
  await order(/^Make it - 2 credits, about/);
  const clip = result("The boat drifts closer");
  await clip.locator("video").waitFor({ timeout: MAKING_MS });
  await expect.poll(() => clip.locator("video").evaluate((video: HTMLVideoElement) => video.duration)).toBeGreaterThan(1.9);
  await balance(98).waitFor();
  await clip.getByRole("button", { name: "How it was made" }).click();
  const how = page.getByRole("dialog", { name: "How it was made" });
  await how.getByText("dailies/clip").waitFor();
  await how.locator("img").waitFor();
  await accessible(page, "how it was made");
  const [record] = await Promise.all([page.waitForEvent("download"), how.getByRole("button", { name: "Download the signed record" }).click()]);
  expect(JSON.parse(readFileSync(await record.path(), "utf8"))).toMatchObject({ object: "manifest", proof: "published_key", manifest: { tool: "clip", credits: 2, recipe: { params: { prompt: "The boat drifts closer" } } } });
  await how.getByRole("button", { name: "Close" }).click();
});

test("the same again, with changes, begins where the first one ended", async () => {
  await page.getByLabel("What happens").fill("Something else");
  await result("The boat drifts closer").getByRole("link", { name: "Same again, with changes" }).click();
  await expect.poll(() => page.getByLabel("What happens").inputValue()).toBe("The boat drifts closer");
  expect(await page.getByRole("spinbutton", { name: "Length" }).inputValue()).toBe("2");
  await page.getByRole("button", { name: /^Make it - 2 credits, about/ }).waitFor();
  await quiet();
  await fitsNow(page, "a clip");
  await page.setViewportSize({ width: 1_440, height: 900 });
});

test("a recording is uploaded, cleaned, and heard before and after", async () => {
  const file = path.join(folder, "interview.wav");
  writeFileSync(file, wav({ frames: 48, channels: 1 }));
  await page.goto(at("/studio/tools/clean-audio"));
  await page.waitForLoadState("networkidle");
  await page.getByLabel("Choose a file: Recording").setInputFiles(file);
  await page.getByText("interview.wav").waitFor();
  await order(/^Clean it - 10 credits, about/);
  const cleaned = result("Clean-up");
  await cleaned.locator("audio").first().waitFor({ state: "attached", timeout: MAKING_MS });
  await balance(88).waitFor();
  await cleaned.getByRole("button", { name: "Before and after" }).click();
  await cleaned.getByRole("button", { name: "Before", exact: true }).click();
  await expect.poll(() => cleaned.locator("audio").count()).toBe(2);
  await quiet();
  await fitsNow(page, "a cleaned recording");
  await page.setViewportSize({ width: 1_440, height: 900 });
});

test("a file of the studio is taken by hand, and one that is nothing of the kind is refused at once", async () => {
  await page.goto(at("/studio/tools/grade"));
  await page.waitForLoadState("networkidle");
  const file = path.join(folder, "notes.txt");
  writeFileSync(file, "notes");
  await page.getByLabel("Choose a file: Video").setInputFiles(file);
  await page.getByText("That is no video. Choose another file.").waitFor();
  await page.getByRole("button", { name: "Take one from the studio: Video" }).click();
  const dialog = page.getByRole("dialog", { name: "Take one from the studio" });
  await dialog.getByRole("button", { name: /^Use it/ }).first().waitFor();
  await accessible(page, "files of the studio");
  await dialog.getByRole("button", { name: /^Use it/ }).first().click();
  await page.getByRole("button", { name: /^Grade it - 15 credits, about/ }).waitFor();
});

test("without a connection the form stays, says so, and goes on by itself", async () => {
  await context.setOffline(true);
  await page.getByLabel("Look").selectOption("noir");
  await page.locator("form").getByText(/There is no connection/).waitFor();
  await context.setOffline(false);
  await page.getByRole("button", { name: /^Grade it - 15 credits, about/ }).waitFor();
});

test("the assistant is asked about a script: it says that it is a machine and what it takes, is paid once, and what was said stays", async () => {
  const write = { headers: { origin: platform.origin } };
  const { id } = await (await page.request.post(at("/api/v1/projects"), { ...write, data: { title: "Late" } })).json();
  expect((await page.request.put(at(`/api/v1/projects/${id}/script`), { ...write, data: { text: SCRIPT, format: "fountain" } })).status()).toBe(200);
  await page.goto(at(`/studio/projects/${id}/script`));
  await page.getByRole("link", { name: "Ask about this script" }).click();
  await page.getByText("You are talking to an AI: Claude Haiku 5.5.").waitFor();
  await page.getByText("2 credits per message. What fails or is refused is not charged.").waitFor();
  const message = page.getByLabel("Your message");
  const log = page.getByRole("log");
  await page.getByRole("button", { name: "Which scene could go without anybody missing it?" }).click();
  await page.getByRole("button", { name: "Send - 2 credits" }).waitFor();
  await message.press("End");
  await message.press("Shift+Enter");
  await message.pressSequentially("Say why.");
  expect(await message.inputValue()).toMatch(/it\?\nSay why\.$/);
  await message.press("Enter");
  await log.getByText(/a script with 2 scenes:\s+1\. INT\. DINER - NIGHT/).waitFor({ timeout: MAKING_MS });
  await balance(86).waitFor();
  expect(await message.inputValue()).toBe("");
  await page.reload();
  await log.getByText(/a script with 2 scenes/).waitFor();
  expect(await log.getByText("Say why.").count()).toBeGreaterThan(0);
  writer.emulator.texts.answers.push("refuse");
  await message.fill("Write something vile.");
  await message.press("Enter");
  await log.getByText(/breaks its rules\..* Nothing was charged\.$/).waitFor({ timeout: MAKING_MS });
  writer.emulator.texts.answers.splice(0);
  await fitsNow(page, "the assistant");
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.getByRole("button", { name: "Change the message" }).click();
  expect(await message.inputValue()).toBe("Write something vile.");
  await balance(86).waitFor();
  await message.press("Escape");
  await expect.poll(() => page.getByRole("link", { name: "Ask about this script" }).evaluate((link) => link === document.activeElement)).toBe(true);
});

test("all results stand together, and by tool", async () => {
  await page.goto(at("/studio/tools"));
  for (const title of [WORDS, "The boat drifts closer", "Clean-up"]) await result(title).waitFor();
  await page.getByRole("navigation", { name: "Results by tool" }).getByRole("link", { name: "Clip" }).click();
  await expect.poll(() => page.getByRole("article").count()).toBe(1);
  await fits(page, at("/studio/tools"));
  await fits(page, at("/studio/tools/lip-sync"));
  await page.getByRole("link", { name: "All tools" }).click();
  await page.getByRole("link", { name: /^Assistant.*2 credits per message/ }).click();
  await page.getByText("It is given no script.").waitFor();
  await fitsNow(page, "the assistant without a script");
  expect((await page.goto(at("/studio/tools/nothing")))?.status()).toBe(404);
});

test("where a model does not answer others are offered at their price, and whoever agrees pays that one alone", async () => {
  await allow(null);
  await page.goto(at("/studio/tools/frame"));
  await result(WORDS).getByRole("button", { name: /^Use in/ }).click();
  await page.getByRole("menuitem", { name: "Clip" }).click();
  await expect.poll(() => page.locator("form img").count()).toBe(1);
  await page.getByLabel("What happens").fill("The fog lifts");
  await page.getByRole("spinbutton", { name: "Length" }).fill("2");
  await page.getByLabel("Model").selectOption("model:runway/gen4.5");
  await page.getByText("By Runway Gen-4.5.").waitFor();
  await order(/^Make it - \d+ credits, about/);
  const stuck = page.locator(".making").first();
  await stuck.getByRole("button", { name: /^House, 2 credits: / }).click({ timeout: MAKING_MS });
  await stuck.getByText(/by House: 2 credits\. Nothing is paid for what waits now\.$/).waitFor();
  await quiet();
  await fitsNow(page, "another model offered");
  await page.setViewportSize({ width: 1_440, height: 900 });
  await stuck.getByRole("button", { name: "Make it so" }).click();
  await result("The fog lifts").locator("video").waitFor({ timeout: MAKING_MS });
  await balance(84).waitFor();
  expect(runway.emulator.jobs.size).toBe(0);
});

test("nothing went wrong in a browser on the way", () => {
  expect(problems).toEqual([]);
});
