/** Every fault of a provider crossed with what is ordered by itself, as its customer meets it: whole runs, with their wallet. Films are in `matrix.test.ts`. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { wav } from "./emulators/media.ts";
import type { QuoteWire } from "./film-world.ts";
import { deal, expectAsTold, expectPaid, inWeather, meet, newMatrixWorld, type Played } from "./matrix-world.ts";
import { orderCells, type Order } from "./order-cells.ts";
import type { VendorWorld } from "./vendor-world.ts";

/** A recording of the studio's, whose address and last bytes say which cell it is for. */
async function recordingFor({ studio }: VendorWorld, mark: string, at: number): Promise<string> {
  const [id, key] = [`asset_${at}x${studio.slice(-20)}`, `takes/${studio}/${mark}.wav`];
  const bytes = Uint8Array.from([...wav({ frames: 48, channels: 1 }), ...new TextEncoder().encode(mark)]);
  await env.MEDIA.put(key, bytes, { httpMetadata: { contentType: "audio/wav" } });
  await env.DB.prepare("INSERT INTO assets (id, studio, kind, role, key, content_type, bytes, sha256, duration_ms, created_at) VALUES (?, ?, 'clip', 'audio', ?, 'audio/wav', ?, ?, 2000, 1)")
    .bind(id, studio, key, bytes.length, id.padEnd(64, "0").slice(0, 64)).run();
  return id;
}

/** Orders each cell, and plays them all. */
async function play(world: VendorWorld, orders: readonly Order[]): Promise<Played[]> {
  const dealt = { cellOf: new Map<string, Order>(), priceOf: new Map<string, number>() };
  const quotes: string[] = [];
  for (const [at, order] of orders.entries()) {
    const { tool, mark, model, given, input } = order;
    const asset = given === "recording" ? await recordingFor(world, mark, at) : "";
    const answer = await world.post("/api/v1/quotes", { tool, input: input(mark, asset), wish: `model:${model}` });
    if (!answer.ok) throw new Error(`${mark}: ${await answer.text()}`);
    const { id } = await answer.json<QuoteWire>();
    quotes.push(id);
    await deal(world, id, dealt, () => order);
  }
  expect(dealt.cellOf.size).toBe(orders.length);
  meet(world, orders);
  return inWeather(world, async () => {
    const opened = await Promise.all(quotes.map((quote) => world.start(quote)));
    return Promise.all(opened.map(async ({ id }) => ({ world, run: await world.until(id, undefined, 300), ...dealt })));
  });
}

test.each(orderCells.map(([words, orders]) => [orders.length, words, orders] as const))("%i cells: whatever goes wrong with %s that are ordered by themselves ends as the table says", { timeout: 480_000 }, async (_length, _words, orders) => {
  const world = await newMatrixWorld("INT. ROOM - DAY\n\nA room.\n");
  const all = await play(world, orders);
  await expectAsTold(world, all);
  await expectPaid(world, all);
});
