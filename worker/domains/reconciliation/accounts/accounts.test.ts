import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { codeOf, newAdministrator } from "../../../../test/admin-world.ts";
import { newWorld } from "../../../../test/world.ts";
import { projected } from "../testing/reconciling.ts";

interface Page<Item> { data: Item[]; nextCursor: string | null }
const admin = await newAdministrator();

test("an administrator sees of a studio what it has, who works in it, what it ran and what is wrong with it", async () => {
  const world = await newWorld({ credits: 150, name: "Zoe" });
  const editor = await world.member("editor");
  await projected(world.studio);
  await env.DB.prepare("INSERT INTO findings (id, studio, source, severity, subject, detail, data, at) VALUES (?, ?, 'wallet', 'critical', 'x', 'x', '{}', 1)").bind(`wallet:${world.studio}:9`, world.studio).run();
  expect(await (await admin.get(`/api/v1/admin/studios/${world.studio}`)).json()).toMatchObject({
    object: "studio_account", studio: { id: world.studio, owner: { email: world.email } }, plan: "creator_free", runs: [],
    wallet: { available: 150, held: 0, debt: 0, frozen: null, seq: 2, lag: 0, projected: { seq: 2 } }, members: [{ email: world.email, role: "owner" }, { email: editor.email, role: "editor" }],
    findings: [{ id: `wallet:${world.studio}:9`, severity: "critical" }],
  });
  expect(await codeOf(await admin.get("/api/v1/admin/studios/studio_00000000"))).toBe("studio.not_found");
});

test("the ledger of a studio is read page by page: entries, holds, and the lots that its credits are made of", async () => {
  const world = await newWorld({ credits: 130 });
  const wallet = env.WALLET.getByName(world.studio);
  for (const number of [1, 2, 3]) await wallet.hold({ key: `h${number}`, hold: `hold_${number}`, credits: number, expiresAt: Date.now() + 60_000, ref: { run: `run_${number}`, project: null, member: null, apiKey: null } });
  await projected(world.studio);
  const read = async <Item>(what: string): Promise<Item[]> => {
    const items: Item[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: Page<Item> = await (await admin.get(`/api/v1/admin/studios/${world.studio}/${what}?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`)).json();
      items.push(...page.data);
      cursor = page.nextCursor;
    }
    return items;
  };
  expect((await read<{ seq: number }>("entries")).map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1]);
  expect((await read<{ id: string; state: string }>("holds")).map(({ id, state }) => [id, state]).toSorted()).toEqual([["hold_1", "open"], ["hold_2", "open"], ["hold_3", "open"]]);
  expect((await (await admin.get(`/api/v1/admin/studios/${world.studio}/lots`)).json<Page<object>>()).data).toMatchObject([{ object: "lot", bucket: "promo", available: 94, held: 6, expiresAt: null }, { bucket: "purchased", available: 30, held: 0 }]);
});

test("wallets are listed with how far D1 is behind each of them, and frozen ones and debtors are found among them", async () => {
  const [behind, frozen, owing] = [await newWorld(), await newWorld(), await newWorld()];
  for (const { studio } of [behind, frozen, owing]) await projected(studio);
  await env.DB.prepare("UPDATE wallets SET seq = 0 WHERE wallet = ?").bind(behind.studio).run();
  await env.WALLET.getByName(frozen.studio).poke({ seq: 7, head: "seen elsewhere" });
  await env.WALLET.getByName(owing.studio).clawBack({ key: "x", credits: 130, reason: "refund", ref: "re_1" });
  await projected(owing.studio);
  const all = async (only: string) => {
    const wallets = new Map<string, { lag: number; frozen: string | null; debt: number; handle: string | null }>();
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: Page<{ studio: string; lag: number; frozen: string | null; debt: number; handle: string | null }> = await (await admin.get(`/api/v1/admin/wallets?limit=100&only=${only}${cursor === "" ? "" : `&cursor=${cursor}`}`)).json();
      for (const wallet of page.data) wallets.set(wallet.studio, wallet);
      cursor = page.nextCursor;
    }
    return wallets;
  };
  expect((await all("all")).get(behind.studio)).toMatchObject({ lag: 1, handle: expect.any(String) });
  const inIce = await all("frozen");
  expect([inIce.get(frozen.studio)?.frozen, inIce.has(owing.studio)]).toEqual([expect.stringMatching(/entry 7/), false]);
  expect([(await all("in_debt")).get(owing.studio)?.debt, (await all("in_debt")).has(frozen.studio)]).toEqual([30, false]);
});
