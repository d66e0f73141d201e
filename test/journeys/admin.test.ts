import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fits, fitsNow } from "./accessible.ts";
import { openBrowser, startPlatform, type Platform } from "./platform.ts";

const PASSWORD = "correct horse battery";
const people = { ada: "ada@admin.example", bela: "bela@admin.example", ines: "ines@films.example" };
type Name = keyof typeof people;
const HOUR_MS = 3_600_000;

const data = mkdtempSync(path.join(os.tmpdir(), "dailies-admin-"));
const options = { port: 9_160, data, env: { ADMIN_EMAILS: `${people.ada}, ${people.bela}` } };
let platform: Platform;
let browser: Browser;
let pages: Record<Name, Page>;
let studio: string;
const problems: string[] = [];

/** Signs up, or in, through the API; the cookies stay in the context. */
async function enter(context: BrowserContext, name: Name, way: "sign-up" | "sign-in"): Promise<void> {
  const answer = await context.request.post(`${platform.origin}/api/auth/${way}/email`, { headers: { origin: platform.origin }, data: { name, email: people[name], password: PASSWORD } });
  expect(answer.status()).toBe(200);
}

/** What no route would do: a run in D1 that says that it captured 12 credits, though no wallet has an entry of it. Only while nothing is running. */
function plantFault(): void {
  const folder = path.join(data, "platform/d1/miniflare-D1DatabaseObject");
  const file = readdirSync(folder).find((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite") ?? "";
  const db = new DatabaseSync(path.join(folder, file));
  const at = Date.now() - 3 * HOUR_MS;
  db.prepare(`INSERT INTO runs (id, studio, project, quote, target, status, credits_quoted, credits_held, credits_captured, credits_returned, progress, free, job_counts, created_at, deadline_at, finished_at, seq)
    VALUES ('run_planted', ?1, 'proj_planted', 'quote_planted', '"master"', 'succeeded', 12, 0, 12, 0, 100, 0, '{}', ?2, ?2, ?2, 1)`).run(studio, at);
  db.prepare(`INSERT INTO jobs (id, run, studio, project, node, kind, label, tool, model, provider, status, attempts, priority, progress, step, credits_quoted, credits_captured, ord, created_at, finished_at, seq)
    VALUES ('job_planted', 'run_planted', ?1, 'proj_planted', 'clip:1', 'clip', 'Clip of shot 1A', 'video', 'house-clip', 'house', 'succeeded', 1, 2, 100, '', 12, 12, 0, ?2, ?2, 1)`).run(studio, at);
  db.close();
}

/** Opens the menu of the account. A page that has just come may not hear the first click. */
async function openAccount(page: Page): Promise<void> {
  const out = page.getByRole("menuitem", { name: "Sign out" });
  await expect.poll(async () => {
    if (!(await out.isVisible())) await page.getByRole("button", { name: "Account" }).click();
    return out.isVisible();
  }).toBe(true);
}

const go = (page: Page, address: string) => page.goto(`${platform.origin}${address}`);

beforeAll(async () => {
  browser = await openBrowser();
  platform = await startPlatform(options);
  const contexts = { ada: await browser.newContext(), bela: await browser.newContext(), ines: await browser.newContext() };
  for (const name of ["ada", "bela", "ines"] as const) await enter(contexts[name], name, "sign-up");
  const me = await (await contexts.ines.request.get(`${platform.origin}/api/v1/me`)).json();
  studio = me.studio.id;
  expect(await platform.stop()).toBe(0);
  plantFault();
  platform = await startPlatform(options);
  for (const name of ["ada", "bela", "ines"] as const) await enter(contexts[name], name, "sign-in");
  pages = { ada: await contexts.ada.newPage(), bela: await contexts.bela.newPage(), ines: await contexts.ines.newPage() };
  for (const page of Object.values(pages)) page.on("pageerror", (error) => problems.push(String(error)));
});

afterAll(async () => {
  await browser?.close();
  const code = await platform?.stop();
  rmSync(data, { recursive: true, force: true });
  expect(code).toBe(0);
});

test("to others there is nothing at these addresses, and nothing leads there", async () => {
  const { ines } = pages;
  for (const address of ["/admin", "/admin/findings", `/admin/studios/${studio}`, "/admin/nowhere"]) {
    expect((await go(ines, address))?.status(), address).toBe(404);
    await ines.getByRole("heading", { name: "Nothing at this address" }).waitFor();
    expect(await ines.content()).not.toContain("Administration");
  }
  const answer = await ines.request.get(`${platform.origin}/api/v1/admin/findings`);
  expect([answer.status(), (await answer.json()).code]).toEqual([404, "route.not_found"]);
  await go(ines, "/studio");
  await openAccount(ines);
  expect(await ines.getByRole("menuitem", { name: "Administration" }).count()).toBe(0);
  const stranger = await (await browser.newContext()).newPage();
  await go(stranger, "/admin/findings");
  await stranger.waitForURL(/\/sign-in\?next=%2Fadmin%2Ffindings/);
  await stranger.context().close();
});

test("an administrator compares everything, and the planted fault is found and named", async () => {
  const { ada } = pages;
  await go(ada, "/studio");
  await openAccount(ada);
  await ada.getByRole("menuitem", { name: "Administration" }).click();
  await ada.waitForURL(/\/admin$/);
  await ada.getByRole("heading", { name: "What needs you" }).waitFor();
  await ada.getByRole("link", { name: "Reconciliation", exact: true }).click();
  await ada.getByRole("button", { name: "Start" }).click();
  await ada.waitForURL(/\/admin\/reconciliation\/[a-z]+_/);
  await expect.poll(() => ada.locator("h1 ~ .marks .pill").innerText(), { timeout: 60_000 }).toBe("completed");
  await fitsNow(ada, "a reconciliation");
  await ada.getByRole("link", { name: "Runs and jobs against the ledger" }).click();
  await ada.waitForURL(/\/admin\/findings\?.*check=jobs-ledger/);
  await fitsNow(ada, "findings");
  // The arrow keys go from row to row.
  const rows = ada.getByRole("table", { name: "Findings" }).locator("tbody tr");
  expect(await rows.count()).toBeGreaterThan(1);
  await rows.first().getByRole("link").first().focus();
  await ada.keyboard.press("ArrowDown");
  expect(await rows.nth(1).getByRole("link").first().evaluate((link) => link === document.activeElement)).toBe(true);
  await ada.getByRole("link", { name: /12 credits were captured for “Clip of shot 1A”, and no entry says so/ }).click();
  await ada.getByText("job_planted").first().waitFor();
});

test("what is written about a finding stays there, and what the API refuses stays typed", async () => {
  const { ada } = pages;
  await ada.getByLabel("Your note").fill("     ");
  await ada.getByRole("button", { name: "Write the note" }).click();
  await ada.getByRole("alert").first().waitFor();
  expect(await ada.getByLabel("Your note").inputValue()).toBe("     ");
  await ada.getByLabel("Your note").fill("The run's row was restored from a backup of another day.");
  await ada.getByRole("button", { name: "Write the note" }).click();
  await ada.getByRole("listitem").filter({ hasText: "restored from a backup" }).filter({ hasText: "ada" }).waitFor();
  await fitsNow(ada, "a finding");
});

test("whoever proposes a correction cannot approve it", async () => {
  const { ada } = pages;
  await ada.getByRole("link", { name: "Propose a correction" }).click();
  await ada.waitForURL(/\/admin\/proposals\/new/);
  expect(await ada.getByLabel("Credits", { exact: true }).inputValue()).toBe("12");
  expect(await ada.getByRole("combobox", { name: "Studio" }).inputValue()).toBe("@ines");
  await ada.getByLabel("Give credits").check();
  await ada.getByLabel("Reason").fill("     ");
  await ada.getByRole("button", { name: "Send the proposal" }).click();
  await ada.getByRole("alert").first().waitFor();
  expect(await ada.getByLabel("Credits", { exact: true }).inputValue()).toBe("12");
  await fitsNow(ada, "a new proposal");
  await ada.getByLabel("Reason").fill("Twelve credits that no entry knows of");
  await ada.getByRole("button", { name: "Send the proposal" }).click();
  await ada.waitForURL(/\/admin\/proposals\/[a-z]+_/);
  const approve = ada.getByRole("button", { name: "Approve" });
  expect(await approve.isDisabled()).toBe(true);
  await ada.getByText("Two administrators are needed").waitFor();
  const id = new URL(ada.url()).pathname.split("/").at(-1);
  const forced = await ada.request.post(`${platform.origin}/api/v1/admin/proposals/${id}/approve`, { headers: { origin: platform.origin } });
  expect([forced.status(), (await forced.json()).code]).toEqual([409, "proposal.own"]);
  await fitsNow(ada, "one's own proposal");
});

test("another administrator approves, and the wallet has the entry", async () => {
  const { bela, ines } = pages;
  const available = async () => (await (await ines.request.get(`${platform.origin}/api/v1/wallet`)).json()).available;
  const before = await available();
  await go(bela, "/admin");
  await fitsNow(bela, "the overview");
  await bela.getByRole("link", { name: /Give 12 credits: Twelve credits/ }).click();
  await bela.getByRole("button", { name: "Approve" }).click();
  const dialog = bela.getByRole("dialog", { name: "Give 12 credits?" });
  await dialog.getByText("“Twelve credits that no entry knows of”").waitFor();
  expect(await available()).toBe(before);
  await dialog.getByRole("button", { name: "Approve" }).click();
  await bela.getByRole("link", { name: /^Entry \d/ }).click();
  await bela.waitForURL(/view=entries/);
  await bela.getByRole("row").filter({ hasText: "Twelve credits that no entry knows of" }).filter({ hasText: "+12" }).waitFor();
  expect(await available()).toBe(before + 12);
  await fitsNow(bela, "a studio's entries");
});

test("a statement is taken in only whole, and a charge that nobody made becomes a finding", async () => {
  const { ada } = pages;
  const csv = (lines: string[]) => ({ name: "house.csv", mimeType: "text/csv", buffer: Buffer.from(["id,model,status,cost_micros,created_at", ...lines, ""].join("\n")) });
  await go(ada, "/admin/statements");
  await ada.getByLabel("Provider", { exact: true }).fill("house");
  await ada.getByLabel("Period").fill("2026-10");
  await ada.getByLabel("File", { exact: true }).setInputFiles(csv(["charge-1,house-clip,succeeded,twelve,2026-10-03T10:00:00Z"]));
  await ada.getByRole("button", { name: "Import", exact: true }).click();
  await ada.getByRole("listitem").filter({ hasText: "line 2: cost_micros" }).waitFor();
  expect(await ada.getByLabel("Period").inputValue()).toBe("2026-10");
  await ada.getByLabel("File", { exact: true }).setInputFiles(csv(["charge-nobody-made,house-clip,succeeded,1250000,2026-10-03T10:00:00Z"]));
  await ada.getByRole("button", { name: "Import", exact: true }).click();
  await ada.getByText(/^1 charge of house for 2026-10 was taken in, \$1\.25 in all/).waitFor();
  await fitsNow(ada, "statements");
  await ada.getByRole("button", { name: "Compare everything now" }).click();
  await ada.waitForURL(/\/admin\/reconciliation\/[a-z]+_/);
  await expect.poll(() => ada.locator("h1 ~ .marks .pill").innerText(), { timeout: 60_000 }).toBe("completed");
  await go(ada, "/admin/findings?state=open&severity=critical&check=provider-statements");
  await ada.getByRole("link", { name: /charge-nobody-made/ }).waitFor();
});

test("a partner's secret is shown once, and the signed example that comes with it is accepted", async () => {
  const { ada } = pages;
  await go(ada, "/admin/partners?new");
  await ada.getByRole("textbox", { name: "Name", exact: true }).fill("Film fund");
  await ada.getByLabel("One studio").check();
  await ada.getByRole("combobox", { name: "Studio" }).fill(people.ines);
  await ada.getByRole("option", { name: /ines/ }).waitFor();
  await ada.getByRole("combobox", { name: "Studio" }).press("Enter");
  await ada.getByRole("button", { name: "Make the partner" }).click();
  const dialog = ada.getByRole("dialog", { name: "Film fund may record now" });
  const secret = await dialog.getByLabel("Secret", { exact: true }).inputValue();
  expect(secret).toMatch(/^dps_/);
  await fitsNow(ada, "a partner's secret");
  const shown = (term: string) => dialog.locator("dl > div").filter({ hasText: term }).locator("dd").innerText();
  const [timestamp, key, text, signature] = [await shown("Dailies-Timestamp"), await shown("Idempotency-Key"), await shown("Signed text"), await shown("Dailies-Signature")];
  const sent = await fetch(`${platform.origin}/api/v1/transactions`, {
    method: "POST", body: text.slice(text.indexOf("{")),
    headers: { "content-type": "application/json", "idempotency-key": key, "dailies-partner": await shown("Dailies-Partner"), "dailies-timestamp": timestamp, "dailies-signature": signature },
  });
  expect(sent.status).toBe(201);
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  expect(await ada.content()).not.toContain(secret);
  await fitsNow(ada, "partners");
  await ada.getByRole("link", { name: "Film fund" }).click();
  await ada.getByRole("row").filter({ hasText: "INV-1042" }).filter({ hasText: "€49.00" }).waitFor();
  await fitsNow(ada, "a partner");
  await ada.getByRole("button", { name: "Revoke" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await ada.getByText("Revoked").first().waitFor();
});

test("the right is given to a known account, with a reason, and taken away again", async () => {
  const { ada, ines } = pages;
  await go(ada, "/admin/administrators");
  await fitsNow(ada, "administrators");
  await ada.getByLabel("E-mail").fill(people.ines);
  await ada.getByRole("button", { name: "Find the account" }).click();
  await ada.getByRole("dialog").getByLabel("Reason").fill("Takes over the books in December");
  await ada.getByRole("button", { name: "Make them an administrator" }).click();
  await ada.getByRole("row").filter({ hasText: people.ines }).filter({ hasText: "Takes over the books in December" }).waitFor();
  expect((await go(ines, "/admin"))?.status()).toBe(200);
  await ada.getByRole("button", { name: `Take the right away: ${people.ines}` }).click();
  await ada.getByRole("dialog").getByLabel("Reason").fill("Back already");
  await ada.getByRole("dialog").getByRole("button", { name: "Take the right away" }).click();
  await expect.poll(() => ada.getByRole("row").filter({ hasText: people.ines }).count()).toBe(0);
  expect((await go(ines, "/admin"))?.status()).toBe(404);
});

test("the other pages are accessible on a phone and on a desk", async () => {
  const walk = async (page: Page, addresses: string[]) => {
    for (const address of addresses) await fits(page, `${platform.origin}${address}`);
  };
  await Promise.all([
    walk(pages.ada, ["/admin/reconciliation", "/admin/proposals", "/admin/studios?q=ines", "/admin/wallets", "/admin/providers"]),
    walk(pages.bela, [`/admin/studios/${studio}`, `/admin/studios/${studio}?view=holds`, `/admin/studios/${studio}?view=lots`, "/admin/nowhere", "/admin/jobs", "/admin/jobs?hours=720"]),
  ]);
});

test("nothing went wrong in a browser on the way", () => {
  expect(problems).toEqual([]);
});
