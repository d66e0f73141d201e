import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { Wallet } from "#objects/wallet/object.ts";
import { newFilmWorld, type FilmWorld, type RunWire } from "../../../../test/film-world.ts";
import { house } from "../providers/house.ts";
import type { Receipt } from "./contract.ts";

beforeAll(() => void Object.assign(house, { submitMs: 600 }));

const SHORT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n\nEXT. STREET - NIGHT\n\nRain falls.\n";
const receiptOf = async (world: FilmWorld, run: string): Promise<Receipt> => {
  const answer = await world.get(`/api/v1/runs/${run}/receipt`);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json();
};

async function filmWithClips(): Promise<FilmWorld & { clips: string[] }> {
  const world = await newFilmWorld({ script: SHORT });
  await world.animatic();
  const graph = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  return { ...world, clips: graph.nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id) };
}

/** One of the run's clips fails however often it is tried, the others are made. */
async function endingOneInFailure(world: FilmWorld, id: string): Promise<RunWire> {
  let doomed: string | undefined;
  for (let tries = 0; tries < 400; tries += 1) {
    for (const under of world.provider.underWay) {
      const order = JSON.stringify(world.provider.predictions.get(under)?.input);
      doomed ??= order;
      world.provider.end(under, order === doomed ? "failed" : "succeeded", order === doomed ? "the model crashed" : null);
    }
    const run = await world.run(id);
    if (run.status === "incomplete") return run;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the run is ${(await world.run(id)).status}`);
}

test("a receipt says of each item what was quoted, captured and returned, why, and in which entry of the ledger", async () => {
  const world = await filmWithClips();
  world.provider.options.delayMs = null;
  const quote = await world.quote(world.clips);
  const { id } = await world.start(quote.id);
  const run = await endingOneInFailure(world, id);
  const receipt = await receiptOf(world, run.id);
  const entries = await env.WALLET.getByName(world.studio).entries({ after: 0, limit: 100 });
  expect(receipt).toMatchObject({
    run: run.id, project: world.project, quote: quote.id, status: run.status, final: true, differences: [],
    credits: { quoted: quote.credits, captured: run.credits.captured, returned: run.credits.returned, held: 0 },
    hold: { credits: quote.credits, closed: { back: run.credits.returned, expired: 0, paidDebt: 0 } },
  });
  const sum = (of: (item: Receipt["items"][number]) => number) => receipt.items.reduce((total, item) => total + of(item), 0);
  expect([sum((item) => item.quoted), sum((item) => item.captured), sum((item) => item.returned)]).toEqual([quote.credits, run.credits.captured, run.credits.returned]);
  for (const item of receipt.items) {
    expect(item.pays).toEqual(expect.any(String));
    if (item.captured === 0) continue;
    const entry = entries.find(({ seq }) => seq === item.entry?.seq);
    expect([entry?.hash, (JSON.parse(entry?.body ?? "{}") as { item: string }).item]).toEqual([item.entry?.hash, item.job]);
  }
  const failed = receipt.items.find(({ outcome }) => outcome === "failed");
  expect(failed).toMatchObject({ captured: 0, returned: failed?.quoted, entry: null, pays: "You pay nothing. What the attempts cost, we pay." });
  const paid = receipt.items.filter(({ captured }) => captured > 0);
  expect(paid.map(({ outcome }) => outcome)).toEqual(paid.map(() => "succeeded"));
});

test("while a run is under way its receipt says so, and free work has one too", async () => {
  const world = await newFilmWorld({ script: SHORT, delayMs: null });
  const { id } = await world.start((await world.quote("animatic")).id);
  const open = await receiptOf(world, id);
  expect(open).toMatchObject({ final: false, hold: { credits: 0, closed: null }, credits: { quoted: 0, captured: 0, returned: 0, held: 0 }, differences: [] });
  expect(open.items.every(({ entry }) => entry === null)).toBe(true);
  await world.post(`/api/v1/runs/${id}/cancel`);
  world.provider.finishAll();
  await world.until(id);
  const over = await receiptOf(world, id);
  expect(over).toMatchObject({ final: true, status: "cancelled", hold: { closed: { cause: "cancelled" } } });
  expect(new Set(over.items.map(({ outcome }) => outcome)).size).toBeGreaterThan(0);
  for (const { outcome } of over.items) expect(["cancelled-before", "cancelled-after", "succeeded"]).toContain(outcome);
});

test("where the run and the ledger differ the ledger's figures stand, and the receipt says what differs", async () => {
  const world = await filmWithClips();
  const quote = await world.quote(world.clips);
  const run = await world.until((await world.start(quote.id)).id);
  const wallet = env.WALLET.getByName(world.studio);
  const hold = (await receiptOf(world, run.id)).hold?.id ?? "";
  await runInDurableObject(wallet, (_: Wallet, state) => {
    const { sql } = state.storage;
    sql.exec("DELETE FROM captures WHERE opened = (SELECT opened FROM holds WHERE id = ?) AND item = ?", hold, run.jobs.find(({ credits }) => credits.captured > 0)?.id ?? "");
  });
  const receipt = await receiptOf(world, run.id);
  const lost = run.jobs.find(({ credits }) => credits.captured > 0)?.credits.captured ?? 0;
  expect(receipt.credits.captured).toBe(run.credits.captured - lost);
  expect(receipt.differences).toEqual([
    expect.stringMatching(new RegExp(`the run says ${lost} credits captured, the ledger 0\\.$`)),
    `The run says ${run.credits.captured} credits captured, the ledger ${run.credits.captured - lost}.`,
    expect.stringContaining("credits returned, the ledger"),
  ]);
});

test("a receipt is a file for a spreadsheet too, and no label of it is calculated", async () => {
  const world = await newFilmWorld({ script: "INT. =CMD()|A1 - NIGHT\n\nMARTA wipes.\n\n@=HYPERLINK\nYou're late.\n" });
  const run = await world.animatic();
  for (const answer of [await world.get(`/api/v1/runs/${run.id}/receipt?format=csv`), await world.get(`/api/v1/runs/${run.id}/receipt`, { accept: "text/csv" })]) {
    expect([answer.headers.get("content-type"), answer.headers.get("content-disposition"), answer.headers.get("vary")]).toEqual(["text/csv; charset=utf-8", `attachment; filename="dailies-receipt-${run.id}.csv"`, "Accept"]);
    const text = await answer.text();
    expect(text.split("\r\n")[0]).toBe("job,item,node,status,outcome,quoted,captured,returned,entry,entry_hash,why");
    expect(text.trimEnd().split("\r\n").length).toBe(run.jobs.length + 1);
    expect(text).not.toMatch(/(^|,)"?[=+@]/m);
  }
  expect((await world.get(`/api/v1/runs/${run.id}/receipt?format=pdf`)).status).toBe(422);
});

test("a run of another studio has no receipt for strangers, nor has one that never was", async () => {
  const world = await newFilmWorld({ script: SHORT });
  const run = await world.animatic();
  const eve = await world.stranger();
  const foreign = await (await eve.get(`/api/v1/runs/${run.id}/receipt`)).json<{ code: string; detail: string }>();
  const absent = await (await eve.get("/api/v1/runs/run_00000000000000000000000000/receipt")).json<{ code: string; detail: string }>();
  expect([foreign.code, foreign.detail]).toEqual([absent.code, absent.detail]);
});
