/** The outcome table on the real thing: one run in which every row of it happens, in several orders, and what the wallet says afterwards. */
import { env, exports } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { capturedCredits, outcomes, outcomeTable, type Outcome } from "#film/outcomes.ts";
import type { Snapshot } from "#objects/run/snapshot.ts";
import type { Fault } from "../../../../test/emulators/replicate.ts";
import { newFilmWorld, type FilmWorld, type RunWire } from "../../../../test/film-world.ts";
import { house } from "../providers/house.ts";
import type { Receipt } from "../receipts/contract.ts";

// What takes minutes at a real provider takes tenths of seconds here.
beforeAll(() => void Object.assign(house, { submitMs: 600 }));

const GRANTED = 1_000;
const TIMEOUT_MS = 5_000;
const script = (clips: number): string => Array.from({ length: clips }, (_, at) => `INT. ROOM ${at + 1} - NIGHT\n\nMARTA wipes the counter.\n`).join("\n");

type Job = RunWire["jobs"][number] & { outcome: Outcome | null };

interface Story {
  outcome: Outcome;
  isDelivered: boolean;
  /** What its receipt says, where that is another row: what was lost on the way is not seen in the end. */
  seenAs?: Outcome;
  timeoutMs?: number;
  /** A story whose job must come first. */
  after?: string;
  /** Faults of its submission from the beginning. */
  faults?: Omit<Fault, "id">[];
  /** Makes it end so. `id` is its submission. */
  end(world: FilmWorld, id: string, job: string): unknown;
}

const cancel = (world: FilmWorld, job: string) => world.post(`/api/v1/jobs/${job}/cancel`);
const jobIn = async (world: FilmWorld, job: string) => (await world.get(`/api/v1/jobs/${job}`)).json<Job & { progress: number }>();
const isCancelled = (world: FilmWorld, id: string) => expect.poll(() => world.provider.cancelsAsked.includes(id), { timeout: 30_000 }).toBe(true);
const SILENT: Omit<Fault, "id"> = { at: "webhook", does: "silence" };
const DEAF: Omit<Fault, "id"> = { at: "cancel", does: { status: 409 } };
const LAST = "made last";

/** How each row comes about: what the provider does, what is lost, and what the person does. */
const stories: Record<string, Story> = {
  "succeeded": { outcome: "succeeded", isDelivered: true, end: ({ provider }, id) => provider.end(id, "succeeded") },
  "failed three times": {
    outcome: "failed", isDelivered: false,
    end: async ({ provider }, _id, job) => {
      for (const id of [`${job}-1`, `${job}-2`, `${job}-3`]) {
        await expect.poll(() => provider.predictions.get(id)?.status, { timeout: 30_000 }).toBe("starting");
        provider.end(id, "failed", "out of memory");
      }
    },
  },
  "came back damaged": { outcome: "failed", isDelivered: false, faults: [{ at: "file", does: "corrupt" }], end: ({ provider }, id) => provider.end(id, "succeeded") },
  "came back in part": { outcome: "failed", isDelivered: false, faults: [{ at: "file", does: "short" }], end: ({ provider }, id) => provider.end(id, "succeeded") },
  "refused before": { outcome: "refused-before", isDelivered: false, end: ({ provider }, id) => provider.end(id, "failed", "NSFW content was flagged") },
  "refused after": {
    outcome: "refused-after", isDelivered: false,
    end: async (world, id, job) => {
      Object.assign(world.provider.predictions.get(id) ?? {}, { status: "processing", logs: "progress 60 drawing" });
      await expect.poll(async () => (await jobIn(world, job)).progress, { timeout: 30_000 }).toBe(60);
      world.provider.end(id, "failed", "the output was flagged as sensitive");
    },
  },
  "refused after, and never seen at work": { outcome: "refused-after", isDelivered: false, end: ({ provider }, id) => provider.end(id, "failed", "NSFW content detected in the output") },
  "refused before, and seen at work": {
    outcome: "refused-before", isDelivered: false,
    end: async (world, id, job) => {
      Object.assign(world.provider.predictions.get(id) ?? {}, { status: "processing", logs: "progress 5 reading" });
      await expect.poll(async () => (await jobIn(world, job)).progress, { timeout: 30_000 }).toBe(5);
      world.provider.end(id, "failed", "the prompt was flagged as sensitive");
    },
  },
  "timed out, and came late": {
    outcome: "timed-out", isDelivered: false, timeoutMs: TIMEOUT_MS, faults: [DEAF],
    end: async (world, id) => {
      await isCancelled(world, id);
      world.provider.end(id, "succeeded");
    },
  },
  "cancelled before": { outcome: "cancelled-before", isDelivered: false, after: LAST, end: (world, _id, job) => cancel(world, job) },
  "cancelled after, and delivered": {
    outcome: "cancelled-after", isDelivered: true, seenAs: "succeeded", faults: [DEAF],
    end: async (world, id, job) => {
      await cancel(world, job);
      await isCancelled(world, id);
      world.provider.end(id, "succeeded");
    },
  },
  "cancelled after, and stopped": { outcome: "cancelled-after", isDelivered: false, end: (world, _id, job) => cancel(world, job) },
  "webhook lost, and made": { outcome: "webhook-lost", isDelivered: true, seenAs: "succeeded", faults: [SILENT], end: ({ provider }, id) => provider.end(id, "succeeded") },
  "webhook lost, and not made": { outcome: "webhook-lost", isDelivered: false, seenAs: "refused-before", faults: [SILENT], end: ({ provider }, id) => provider.end(id, "failed", "NSFW content was flagged") },
  "told of ten times": { outcome: "duplicate", isDelivered: true, seenAs: "succeeded", faults: [{ at: "webhook", does: "twice" }], end: ({ provider }, id) => provider.end(id, "succeeded") },
  "needs what was refused": { outcome: "partial", isDelivered: false, after: "refused before", end: () => undefined },
};
const names = Object.keys(stories);
stories[LAST] = { outcome: "succeeded", isDelivered: true, end: ({ provider }, id) => provider.end(id, "succeeded") };

/** What the table says is captured of an item. What is there twice is paid as the first, and the second by its own row. */
function due({ outcome, isDelivered }: Pick<Story, "outcome" | "isDelivered">, credits: number): number {
  const item = { credits, delivered: isDelivered ? "delivered" as const : "not-delivered" as const };
  return outcome === "duplicate" ? capturedCredits("succeeded", item) + capturedCredits("duplicate", item) : capturedCredits(outcome, item);
}

/** Opens a run over all clips, each of which gets the terms of its story. */
async function open(world: FilmWorld, order: string[]): Promise<{ run: RunWire; told: Map<string, Story> }> {
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id));
  const key = `quotes/${world.studio}/${quote.id}.json`;
  const snapshot = await (await env.MEDIA.get(key))?.json<Snapshot>();
  if (!snapshot) throw new Error("the quote has no snapshot");
  const clips = snapshot.steps.filter(({ kind }) => kind === "clip");
  const stepOf = new Map(clips.map(({ step }, at) => [order[at], step.id]));
  const told = new Map(clips.flatMap(({ job }, at) => {
    const story = stories[order[at] ?? ""];
    return story ? [[job, story] as const] : [];
  }));
  expect([clips.length, told.size]).toEqual([order.length, order.length]);
  const steps = snapshot.steps.map((quoted) => {
    const { timeoutMs = quoted.terms.timeoutMs, after } = told.get(quoted.job) ?? {};
    return { ...quoted, terms: { ...quoted.terms, timeoutMs }, step: { ...quoted.step, after: [...quoted.step.after, ...(after === undefined ? [] : [stepOf.get(after) ?? ""])] } };
  });
  await env.MEDIA.put(key, JSON.stringify({ ...snapshot, steps }));
  for (const [job, { faults = [] }] of told) world.provider.faults.push(...faults.map((fault) => ({ ...fault, id: `${job}-1` })));
  return { run: await world.start(quote.id), told };
}

interface EntryBody {
  kind: string;
  hold: string | null;
  item: string | null;
  postings: { account: string; credits: number }[];
}

/** What the wallet's own log says of one account, by what it was for. */
async function logOf(world: FilmWorld): Promise<EntryBody[]> {
  return (await env.WALLET.getByName(world.studio).entries({ after: 0, limit: 1_000 })).map(({ body }) => JSON.parse(body) as EntryBody);
}
const moved = ({ postings }: EntryBody, account: string): number => postings.reduce((sum, posting) => sum + (posting.account === account ? posting.credits : 0), 0);

/** Says again everything that was ever said about a run: what is over stays as it is. */
async function sayAgain(world: FilmWorld): Promise<void> {
  for (const { url, init } of world.provider.webhooks.slice(-30)) await exports.default.fetch(new Request(url, init));
}

const shuffled = (seed: number): string[] => names.map((name, at) => [((at + 1) * seed) % 101, name] as const).toSorted(([a], [b]) => a - b).map(([, name]) => name);

test("every row of the table is told", () => {
  expect(new Set(Object.values(stories).map(({ outcome }) => outcome))).toEqual(new Set(outcomes));
});

test.each([["as told", names], ["the other way round", names.toReversed()], ["shuffled", shuffled(37)]])(
  "a film on which everything happens, %s: each item costs what the table says, and the rest comes back", { timeout: 300_000 }, async (_words, inOrder) => {
    const order = [...inOrder, LAST];
    const world = await newFilmWorld({ script: script(order.length), credits: GRANTED, delayMs: null });
    const before = await logOf(world);
    const { run, told } = await open(world, order);
    // What is free is made as it comes; clips end when it is their turn.
    const pump = setInterval(() => [...world.provider.predictions.values()].filter(({ model }) => model !== "dailies/clip").forEach(({ id }) => world.provider.end(id, "succeeded")), 100);
    const sent = [...told].filter(([, { after }]) => after === undefined).map(([job]) => `${job}-1`);
    await expect.poll(() => sent.filter((id) => !world.provider.predictions.has(id)), { timeout: 60_000 }).toEqual([]);
    clearInterval(pump);
    for (const [job, story] of told) {
      if (story.outcome === "partial") continue;
      await story.end(world, `${job}-1`, job);
      await expect.poll(async () => (await jobIn(world, job)).outcome, { timeout: 30_000 }).toBe(story.seenAs ?? story.outcome);
    }
    const over = await world.until(run.id);
    await sayAgain(world);
    const jobs = (await world.run(run.id)).jobs as Job[];
    const expected = new Map(jobs.map(({ id, credits }) => [id, due(told.get(id) ?? { outcome: "succeeded", isDelivered: true }, credits.quoted)]));
    const sum = [...expected.values()].reduce((total, credits) => total + credits, 0);

    expect(over).toMatchObject({ status: "incomplete", credits: { quoted: run.credits.quoted, captured: sum, returned: run.credits.quoted - sum, held: 0 } });
    expect(jobs.map(({ id, credits }) => [id, credits.captured])).toEqual([...expected]);
    // The receipt: each line names a row of the table, says its words, and has what the row costs.
    const receipt = await (await world.get(`/api/v1/runs/${run.id}/receipt`)).json<Receipt>();
    expect(receipt).toMatchObject({ final: true, differences: [], credits: { quoted: run.credits.quoted, captured: sum, returned: run.credits.quoted - sum, held: 0 } });
    expect(receipt.items.map((item) => [item.job, item.captured])).toEqual([...expected]);
    for (const { job, label, outcome, happened, pays, quoted, captured, returned } of receipt.items) {
      const isDelivered = told.get(job)?.isDelivered ?? true;
      const row = outcomeTable.find((each) => each.outcome === outcome);
      expect([label, happened, pays]).toEqual([label, row?.happened, row?.pays]);
      expect([label, row && capturedCredits(row.outcome, { credits: quoted, delivered: isDelivered ? "delivered" : "not-delivered" }), quoted - returned]).toEqual([label, captured, captured]);
      expect([label, pays]).toEqual([label, expect.stringMatching(isDelivered ? /you (keep it and )?pay its item/i : /you pay nothing|the rest is free/i)]);
    }
    // The ledger: one hold, one capture of each item that was delivered, one release of the rest.
    const log = (await logOf(world)).slice(before.length);
    const paid = [...expected].filter(([, credits]) => credits > 0);
    expect(log.filter(({ kind }) => kind === "capture").map((entry) => [entry.item, moved(entry, "spent")]).toSorted()).toEqual(paid.toSorted());
    expect(log.filter(({ kind }) => kind === "release").map((entry) => -moved(entry, "held"))).toEqual([run.credits.quoted - sum]);
    expect(log.map(({ kind }) => kind).toSorted()).toEqual(["hold", "release", ...paid.map(() => "capture")].toSorted());
    expect(await world.balance()).toEqual({ available: GRANTED - sum, held: 0 });
    expect((await env.WALLET.getByName(world.studio).check()).faults).toEqual([]);
    expect(world.provider.doubles).toEqual([]);
  });
