import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, startPlatform, type Platform } from "./platform.ts";

const SCRIPT = `Title: Late

INT. DINER - NIGHT

MARTA (40s, red apron) wipes the counter. Rain runs down the window.

MARTA
You're late.

TOM (50s, blue coat) shakes the water off.

TOM
The bridge was closed.

EXT. BRIDGE - DAWN

Tom walks alone.
`;
const MAKING_MS = 240_000;

let platform: Platform;
let browser: Browser;
let page: Page;
let project: string;
const problems: string[] = [];

/** Waits for the page to settle, then holds it to WCAG 2.2 AA. */
async function accessible(where: Page, name: string): Promise<void> {
  await where.waitForLoadState("networkidle").catch(() => undefined);
  const { violations } = await new AxeBuilder({ page: where }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  expect(violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes[0]?.target.join(" ")}`)).toEqual([]);
}

beforeAll(async () => {
  platform = await startPlatform({ port: 9_100 });
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
});

afterAll(async () => {
  await browser?.close();
  const code = await platform?.stop();
  expect(code).toBe(0);
});

test("a newcomer signs up and is taken to their first script", async () => {
  await page.goto(`${platform.origin}/sign-up`);
  await accessible(page, "sign-up");
  await page.getByLabel("Name").fill("Ines Okafor");
  await page.getByLabel("E-mail").fill("ines@films.example");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.locator("form button.button--primary").click();
  await page.waitForURL(/\/welcome/);
  await accessible(page, "welcome");
  await expect.poll(() => page.getByText("100 credits").count()).toBeGreaterThan(0);
});

test("a pasted script is there, saved, under its own title", async () => {
  await page.locator("textarea").fill(SCRIPT);
  await page.getByRole("button", { name: "Use this text" }).click();
  await page.waitForURL(/\/studio\/projects\/proj_[^/]+\/script/);
  project = page.url().replace(/\/script.*/, "");
  await page.getByText(/^Saved/).first().waitFor();
  await expect.poll(() => page.getByText("INT. DINER - NIGHT").count()).toBeGreaterThan(0);
  expect(await page.title()).toContain("Late");
  await accessible(page, "script");
});

test("what is typed is kept, also over a reload", async () => {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("\nHe stops, and listens.\n");
  await page.reload();
  await expect.poll(() => page.locator(".cm-content").innerText()).toContain("He stops, and listens.");
});

test("the breakdown names scenes and cast, the shots stand in their scenes", async () => {
  await page.goto(`${project}/breakdown`);
  for (const word of ["DINER", "BRIDGE", "MARTA", "TOM"]) await page.getByText(new RegExp(word, "i")).first().waitFor();
  await accessible(page, "breakdown");
  await page.goto(`${project}/shots`);
  await page.getByText("1A").first().waitFor();
  await accessible(page, "shots");
});

test("the animatic is free, and plays", async () => {
  await page.goto(`${project}/animatic`);
  await page.getByRole("button", { name: /Make the animatic.*free/ }).click();
  await page.getByText(/being made/i).first().waitFor();
  await accessible(page, "animatic, being made");
  await page.locator("video").first().waitFor({ timeout: MAKING_MS });
  await expect.poll(() => page.locator("video").first().evaluate((video: HTMLVideoElement) => video.duration)).toBeGreaterThan(5);
});

test("the film costs what its button says, and is made", async () => {
  await page.goto(`${project}/film`);
  const button = page.getByRole("button", { name: /Make the film.*\d+ credits?/ });
  await button.waitFor();
  const price = Number(/(\d+) credits?/.exec(await button.innerText())?.[1]);
  expect(price).toBeGreaterThan(0);
  await button.click();
  await page.locator("video").first().waitFor({ timeout: MAKING_MS });
  await expect.poll(() => page.getByText(new RegExp(`\\b${100 - price} credits`)).count(), { timeout: 60_000 }).toBeGreaterThan(0);
  await expect.poll(() => page.getByText(/being made/i).count(), { timeout: MAKING_MS }).toBe(0);
  await accessible(page, "film");
});

test("it is published", async () => {
  await page.getByRole("button", { name: "Publish" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Publish" });
  await dialog.getByLabel("Description").fill("Two people, one bridge.");
  await dialog.getByLabel("Show the script").check();
  await accessible(page, "publish");
  await dialog.getByRole("button", { name: "Publish the film" }).click();
  await page.locator("a[href*='/watch/video_']").first().waitFor();
});

test("anybody finds it on the feed in a private window, labelled, and watches it with captions and by keyboard", async () => {
  const stranger = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  stranger.on("pageerror", (error) => problems.push(String(error)));
  await stranger.goto(platform.origin);
  await accessible(stranger, "feed");
  const card = stranger.locator("a[href*='/watch/']", { hasText: "Late" }).first();
  await stranger.getByText("Made with AI").first().waitFor();
  await card.click();
  await stranger.waitForURL(/\/watch\/video_/);
  await accessible(stranger, "watch");
  const video = stranger.locator("video").first();
  await stranger.keyboard.press("k");
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeGreaterThan(0.5);
  await stranger.keyboard.press("k");
  await stranger.keyboard.press("0");
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeLessThan(0.5);
  expect(await video.evaluate((element: HTMLVideoElement) => element.textTracks.length)).toBe(1);
  await stranger.getByRole("link", { name: "Script" }).or(stranger.getByRole("tab", { name: "Script" })).first().click();
  await stranger.getByText("INT. DINER - NIGHT").first().waitFor();
  const old = await stranger.goto(stranger.url().replace(/\/watch\/([^/?]+).*/, "/video/$1"));
  expect(old?.status()).toBe(200);
  expect(stranger.url()).toMatch(/\/watch\/video_/);
  await stranger.context().close();
});

test.each(["/pricing", "/docs/problems", "/docs/api", "/sign-in", "/forgot", "/studio", "/studio/projects", "/studio/wallet", "/studio/jobs", "/studio/settings", "/studio/keys", "/studio/videos", "/nowhere"])("%s is accessible on a phone and on a desk", async (path) => {
  for (const size of [{ width: 390, height: 844 }, { width: 1_440, height: 900 }]) {
    await page.setViewportSize(size);
    await page.goto(`${platform.origin}${path}`);
    await accessible(page, `${path} at ${size.width}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `${path} at ${size.width} is wider than the screen`).toBeLessThanOrEqual(0);
  }
});

test("nothing went wrong in a browser on the way", () => {
  expect(problems).toEqual([]);
});
