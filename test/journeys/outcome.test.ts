import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessible, fits, fitsNow } from "./accessible.ts";
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

test("whoever wishes for another model reads first what it costs, and why each job went where it did", async () => {
  await page.getByRole("button", { name: "Change: Clips" }).click();
  const wish = page.getByRole("dialog", { name: "Model: Clips" });
  await wish.getByRole("radio", { name: /^Fastest/ }).check();
  await wish.getByText(/made anew with this wish, costs? \d+ credits?/).waitFor();
  await fitsNow(page, "a wish for the film");
  await wish.getByRole("button", { name: "Wish for it" }).click();
  await page.getByText("Noted. The next quote goes by it.").waitFor();
  await page.getByRole("button", { name: /^Make the film anew.*\d+ credits?/ }).waitFor();
  await page.getByRole("button", { name: "Change: Clips" }).click();
  await wish.getByRole("radio", { name: /^Cheapest/ }).check();
  await wish.getByRole("button", { name: "Wish for it" }).click();
  // What was made by the wish before fits again.
  await expect.poll(() => page.getByRole("button", { name: /^Make the film anew/ }).count()).toBe(0);
  await page.goto(`${platform.origin}/studio/jobs`);
  await page.getByRole("link", { name: /^Film\b/ }).first().click();
  await page.getByRole("button", { name: /^Clips/ }).click();
  await page.getByRole("button", { name: /^Why this model\?/ }).first().click();
  const why = page.getByRole("dialog", { name: /^Why this model\?/ });
  await why.getByText("Cheapest").first().waitFor();
  await fitsNow(page, "why a model");
  await why.getByRole("button", { name: "Close" }).click();
});

test("it is published", async () => {
  await page.goto(`${project}/film`);
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

test("two takes of a shot are compared in words", async () => {
  await page.goto(`${project}/shots`);
  const shot = (await (await page.request.get(`${platform.origin}/api/v1/projects/${project.split("/").at(-1)}/shots`)).json()).data[0];
  await page.goto(`${project}/shots?shot=${shot.id}`);
  await page.getByRole("button", { name: /^1 take: .*[Ff]rame/ }).click();
  await page.getByRole("button", { name: "Prepare another take" }).click();
  await page.getByRole("button", { name: /^Make it/ }).click();
  await page.getByRole("button", { name: /^2 takes: / }).click({ timeout: MAKING_MS });
  const takes = page.getByRole("dialog");
  for (const place of [0, 1]) await takes.getByRole("checkbox", { name: "Compare" }).nth(place).check();
  await takes.getByRole("row").filter({ hasText: "Attempt" }).waitFor();
  await fitsNow(page, "two takes compared");
  await takes.getByRole("button", { name: "Close", exact: true }).click();
});

test("whoever has a film that needs a model that has ended is told so, puts another in its place by one press, and reads what it costs", async () => {
  const api = `${platform.origin}/api/v1/projects/${project.split("/").at(-1)}`;
  // Such a wish is from before its end: nobody is offered the model any more.
  const wishFor = async (clip: string | null) => {
    const { filmVersion: base } = await (await page.request.get(api)).json();
    expect((await page.request.patch(`${api}/wishes`, { headers: { origin: platform.origin }, data: { base, wishes: { clip } } })).status()).toBe(200);
  };
  const notice = page.getByRole("region", { name: "To know" });
  await wishFor("model:openai-sora/sora-2");
  for (const path of ["/studio", "/studio/projects", new URL(project).pathname]) {
    await page.goto(`${platform.origin}${path}`);
    await notice.getByText(/^Sora 2 ended on .* still has something to be made with it\.$/).waitFor();
    await fitsNow(page, `${path} with a notice`);
  }
  await notice.getByRole("link", { name: "Choose another model" }).click();
  await page.waitForURL(/\/studio\/models/);
  await page.getByLabel("In its place").selectOption("dailies/clip");
  await page.getByRole("button", { name: /^Put .* in its place$/ }).press("Enter");
  await page.getByText(/takes its place in “Late”\. What is still to be made costs \d+ credits?/).waitFor();
  await expect.poll(() => page.getByRole("link", { name: "Go to the film" }).evaluate((link) => link === document.activeElement)).toBe(true);
  await fitsNow(page, "a model replaced");
  expect((await (await page.request.get(`${api}/graph`)).json()).wishes).toEqual({ clip: "model:dailies/clip" });
  await page.goto(`${platform.origin}/studio`);
  await page.waitForLoadState("networkidle");
  expect(await notice.count()).toBe(0);
  await wishFor(null);
});

test.each(["/pricing", "/docs/problems", "/docs/api", "/sign-in", "/forgot", "/studio", "/studio/projects", "/studio/wallet", "/studio/jobs", "/studio/jobs?view=queue", "/studio/jobs?view=steps", "/studio/settings", "/studio/settings/providers", "/studio/models", "/studio/keys", "/studio/videos", "/nowhere"])("%s is accessible on a phone and on a desk", async (path) => {
  await fits(page, `${platform.origin}${path}`);
});

test("nothing went wrong in a browser on the way", () => {
  expect(problems).toEqual([]);
});
