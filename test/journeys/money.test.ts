import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Browser, BrowserContext, Download, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessible, fits } from "./accessible.ts";
import { openBrowser, startPlatform, type Platform } from "./platform.ts";

const root = path.resolve(import.meta.dirname, "../..");
const SCRIPT = "Title: Late\n\nINT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n";
const MAKING_MS = 240_000;
const PAY = "Pay with a test card that works";

let platform: Platform;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let project: string;
let run: string;
const problems: string[] = [];

beforeAll(async () => {
  platform = await startPlatform({ port: 9_300 });
  browser = await openBrowser();
  context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
});

afterAll(async () => {
  await browser?.close();
  const code = await platform?.stop();
  expect(code).toBe(0);
});

const at = (address: string) => `${platform.origin}${address}`;
const credits = (count: number) => page.locator(".balance", { hasText: new RegExp(`^\\s*${count.toLocaleString("en")} credits`) });

async function call<Answer>(method: "get" | "post" | "put", address: string, data?: unknown): Promise<Answer> {
  const answer = await context.request[method](at(address), { headers: { origin: platform.origin, "content-type": "application/json" }, ...(data !== undefined && { data }) });
  expect(answer.ok(), `${method} ${address}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return answer.json();
}

/** Presses a button that saves a file, and reads the file. */
async function saved(button: string): Promise<{ name: string; text: string }> {
  // Scripts are there by then: what the server wrote can be pressed before it does anything.
  await page.waitForLoadState("networkidle");
  const [file]: [Download, void] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}

/** A column of a CSV file added up. None of its cells that matter here has a comma in it. */
function columnSum(csv: string, column: string): number {
  const [head = "", ...lines] = csv.trim().split("\r\n");
  const place = head.split(",").indexOf(column);
  expect(place, `${column} in ${head}`).toBeGreaterThanOrEqual(0);
  return lines.reduce((sum, line) => sum + Number(line.split(",")[place]), 0);
}

test("prices can be read and worked out without scripts, and there is one for each ladder", async () => {
  const quiet = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1_440, height: 900 } });
  const visitor = await quiet.newPage();
  await visitor.goto(at("/pricing"));
  await visitor.getByText("60 credits", { exact: true }).waitFor();
  expect(await visitor.getByRole("heading", { name: "Agency" }).isVisible()).toBe(false);
  await visitor.getByText("For brands and agencies").click();
  expect(await visitor.getByRole("heading", { name: "Agency" }).isVisible()).toBe(true);
  expect(await visitor.getByRole("heading", { name: "Starter", exact: true }).isVisible()).toBe(false);
  await visitor.getByLabel("Shots").fill("100");
  await visitor.getByRole("button", { name: "Work it out" }).click();
  await visitor.getByText("500 credits", { exact: true }).first().waitFor();
  await visitor.getByText("Starter covers it every month, for $9.99.").waitFor();
  await quiet.close();
});

test("the sum follows what is typed, and names what covers it", async () => {
  await page.goto(at("/pricing"));
  await accessible(page, "pricing");
  await page.getByLabel("Shots").fill("450");
  await page.getByText("2,250 credits", { exact: true }).waitFor();
  await page.getByText("Growth Starter covers it every month, for $49.").waitFor();
  await page.getByText("Bought once, 10,000 credits cover it, for $100.").waitFor();
});

test("a visitor who chooses a plan signs up, pays, and comes back to credits that are there", async () => {
  await page.getByRole("link", { name: "Choose Pro" }).click();
  await page.waitForURL(/\/sign-in/);
  await page.getByRole("link", { name: "Open my studio" }).click();
  await page.waitForURL(/\/sign-up/);
  await page.getByLabel("Name").fill("Ines Okafor");
  await page.getByLabel("E-mail").fill("ines@money.example");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.locator("form button.button--primary").click();
  await page.waitForURL(/\/studio\/billing\?plan=creator_pro/);
  const dialog = page.getByRole("dialog", { name: "Choose Pro" });
  await dialog.waitFor();
  await accessible(page, "choosing a plan");
  await dialog.getByRole("button", { name: "Go to payment" }).click();
  await page.getByRole("button", { name: "Pay with a test card that is declined" }).click();
  await page.getByText("The card was declined").waitFor();
  await page.getByRole("button", { name: PAY }).click();
  await page.waitForURL(/\/studio\/billing\?checkout=/);
  await page.getByText("It is paid. You are on Pro, and 2,000 credits are in your wallet.").waitFor();
  await credits(2_100).waitFor();
  await accessible(page, "back from payment");
});

test("a page that is left without paying brings nothing, and says nothing else", async () => {
  await page.goto(at("/studio/billing?pack=credits_2000"));
  await page.getByRole("dialog").getByRole("button", { name: "Go to payment" }).click();
  await page.getByRole("link", { name: "Go back" }).click();
  await page.waitForURL(/\/studio\/billing$/);
  await credits(2_100).waitFor();
  expect(await page.getByText("It is paid").count()).toBe(0);
});

test("a pack is bought beside the plan, and the wallet shows which credits go first", async () => {
  await page.goto(at("/studio/billing?next=/studio/wallet"));
  await page.getByRole("link", { name: "Buy 500 credits" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Go to payment" }).click();
  await page.getByRole("button", { name: PAY }).click();
  await page.getByText("It is paid, and 500 credits are in your wallet.").waitFor();
  await page.getByRole("link", { name: "Go on where you were" }).click();
  await page.waitForURL(/\/studio\/wallet$/);
  await credits(2_600).waitFor();
  await page.getByRole("row", { name: /^Subscription spent next 2,000/ }).waitFor();
  await page.getByRole("row", { name: /^Bought 500 0 never/ }).waitFor();
  const invoices = await call<{ data: { credits: number | null }[] }>("get", "/api/v1/billing/invoices");
  expect(invoices.data.map((invoice) => invoice.credits)).toEqual([500, 2_000]);
});

test("a ceiling stops a film before it begins, and says which one it was", async () => {
  ({ id: project } = await call<{ id: string }>("post", "/api/v1/projects", { title: "Late", style: "cinematic", aspect: "16:9", targetSeconds: null, language: "en" }));
  await call("put", `/api/v1/projects/${project}/script`, { text: SCRIPT, format: "fountain" });
  await page.goto(at(`/studio/projects/${project}/animatic`));
  await page.getByRole("button", { name: /Make the animatic.*free/ }).click();
  await page.locator("video").first().waitFor({ timeout: MAKING_MS });

  await page.goto(at("/studio/wallet/ceilings?new"));
  const dialog = page.getByRole("dialog", { name: "New ceiling" });
  await dialog.getByLabel("For").selectOption("project");
  await dialog.getByLabel("Which").selectOption({ label: "Late" });
  await dialog.getByLabel("a day").check();
  await dialog.getByLabel("Credits at most").fill("1");
  await accessible(page, "a new ceiling");
  await dialog.getByRole("button", { name: "Set the ceiling" }).click();
  await page.getByRole("meter", { name: "Project “Late”, a day" }).waitFor();

  await page.goto(at(`/studio/projects/${project}/film`));
  await page.getByRole("button", { name: /Make the film.*\d+ credits?/ }).click();
  await page.getByText("The ceiling of this project is 1 credit a day.").waitFor();
  await accessible(page, "refused by a ceiling");
  await page.getByRole("link", { name: "See the ceilings" }).click();
  await page.getByRole("button", { name: "Remove: Project “Late”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("Nothing is limited but by what is there").waitFor();
});

test("without it the film is made for what its button says, and the receipt has each credit with its entry", async () => {
  await page.goto(at(`/studio/projects/${project}/film`));
  const button = page.getByRole("button", { name: /Make the film.*\d+ credits?/ });
  await button.waitFor();
  const price = Number(/(\d+) credits?/.exec(await button.innerText())?.[1]);
  await button.click();
  await page.locator("video").first().waitFor({ timeout: MAKING_MS });
  const { data: [made] } = await call<{ data: { id: string; credits: { captured: number } }[] }>("get", `/api/v1/runs?project=${project}&limit=1`);
  run = made?.id ?? "";
  await expect.poll(async () => (await call<{ final: boolean }>("get", `/api/v1/runs/${run}/receipt`)).final, { timeout: MAKING_MS, interval: 500 }).toBe(true);

  await page.goto(at(`/studio/runs/${run}`));
  await page.getByText("Final: nothing of it changes any more.").waitFor();
  const total = page.getByRole("region", { name: "Receipt" }).getByRole("row", { name: /^In all/ });
  expect(await total.innerText()).toMatch(new RegExp(`${price}\\s+${price}\\s+0`));
  await credits(2_600 - price).waitFor();
  const csv = await saved("CSV");
  expect(csv.name).toBe(`dailies-receipt-${run}.csv`);
  expect(columnSum(csv.text, "captured")).toBe(price);
});

test("usage adds up to what was used, on the page and in its file", async () => {
  const { totals } = await call<{ totals: { credits: { captured: number } } }>("get", "/api/v1/usage");
  expect(totals.credits.captured).toBeGreaterThan(0);
  await page.goto(at("/studio/usage?by=project"));
  expect(await page.getByRole("row", { name: /^In all/ }).innerText()).toContain(String(totals.credits.captured));
  expect(await page.getByRole("row", { name: /^Late/ }).innerText()).toContain(String(totals.credits.captured));
  const csv = await saved("Download as CSV");
  expect(columnSum(csv.text, "captured")).toBe(totals.credits.captured);
  await page.getByRole("img", { name: new RegExp(`: ${totals.credits.captured} credits, `) }).focus();
  await page.keyboard.press("Home");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toContain("0 credits, 0 pieces");
});

test("the statement is checked by somebody who has only the file and the public keys", async () => {
  await page.goto(at("/studio/wallet"));
  const file = path.join(platform.data, "statement.json");
  const statement = await saved("Download statement");
  writeFileSync(file, statement.text);
  const verify = () => spawnSync(process.execPath, ["scripts/verify-statement.mjs", file, "--keys", at("/.well-known/dailies-keys.json")], { cwd: root, encoding: "utf8" });
  const right = verify();
  expect(right.stdout, right.stderr).toContain("RIGHT");
  writeFileSync(file, statement.text.replace("\\\"credits\\\":-2000", "\\\"credits\\\":-2001"));
  expect(readFileSync(file, "utf8")).not.toBe(statement.text);
  expect(verify().status).not.toBe(0);
});

test("a plan is cancelled for the end of its month, and kept after all", async () => {
  await page.goto(at("/studio/billing"));
  await page.getByRole("link", { name: "Cancel the plan" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel Pro?" });
  await accessible(page, "cancelling");
  await dialog.getByRole("button", { name: "End the plan" }).click();
  await page.getByText("and is not charged again").waitFor();
  await page.getByRole("button", { name: "Keep Pro after all" }).click();
  await page.getByText("$29.99 on").waitFor();
  expect(await page.getByText("and is not charged again").count()).toBe(0);
});

test("a larger plan says what it costs now before it costs it", async () => {
  await page.getByRole("link", { name: "Change now: Enterprise" }).click();
  const dialog = page.getByRole("dialog", { name: "Change to Enterprise" });
  const change = dialog.getByRole("button", { name: /^Change and pay \$\d/ });
  await change.waitFor();
  const more = Number((await dialog.locator("dd").nth(1).innerText()).replace(",", ""));
  const before = Number((await page.locator(".balance .mono").innerText()).replace(",", ""));
  await accessible(page, "changing the plan");
  await change.click();
  await page.getByText("You are on Enterprise.").waitFor();
  await credits(before + more).waitFor();
});

test.each(["/pricing", "/docs/ledger", "/studio/billing", "/studio/wallet", "/studio/wallet?view=holds", "/studio/wallet/ceilings", "/studio/usage", "/studio/usage?by=model", "/studio/keys", "run"])("%s is accessible on a phone and on a desk", async (address) => {
  await fits(page, at(address === "run" ? `/studio/runs/${run}` : address));
});

test("nothing went wrong in a browser on the way", () => {
  expect(problems).toEqual([]);
});
