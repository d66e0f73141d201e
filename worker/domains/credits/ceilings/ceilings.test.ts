import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { ceilingPeriods } from "#objects/wallet/commands.ts";
import { newFilmWorld, type FilmWorld } from "../../../../test/film-world.ts";
import { type Caller, newWorld, type World } from "../../../../test/world.ts";
import type { Ceiling, Ceilings } from "./contract.ts";

const SHORT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n";
const problemOf = async (answer: Response): Promise<Record<string, unknown>> => ({ status: answer.status, ...(await answer.json<Record<string, unknown>>()) });
const put = (by: Caller, ceiling: object) => by.put("/api/v1/wallet/ceilings", ceiling);
const remove = (by: Caller, { subject, id, period }: { subject: string; id: string; period: string }) => by.delete(`/api/v1/wallet/ceilings/${subject}/${encodeURIComponent(id)}/${period}`);
const list = async (by: Caller): Promise<Ceilings> => (await by.get("/api/v1/wallet/ceilings")).json();
const changes = async ({ studio }: World) =>
  (await env.DB.prepare("SELECT data, actor FROM events WHERE studio = ? AND type = 'wallet.ceiling_changed' ORDER BY at, rowid").bind(studio).all<{ data: string; actor: string }>()).results
    .map(({ data, actor }): Record<string, unknown> => ({ ...(JSON.parse(data) as Record<string, unknown>), by: (JSON.parse(actor) as { kind: string }).kind }));

/** A film of which one clip costs something. */
async function filmWithClips(): Promise<FilmWorld & { clips: string[] }> {
  const world = await newFilmWorld({ script: SHORT, plan: "creator_enterprise" });
  await world.animatic();
  const graph = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  return { ...world, clips: graph.nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id) };
}

test("each kind of ceiling, in each period, stops a run before it begins and says which it was", async () => {
  const world = await filmWithClips();
  const key = await world.key(["runs:read", "runs:write", "projects:read"]);
  await env.DB.prepare("UPDATE api_keys SET requests_per_10_seconds = 1000 WHERE id = ?").bind(key.id).run();
  const quote = await world.quote(world.clips);
  const need = quote.credits;
  const before = await world.balance();
  const subjects: [Ceiling["subject"], string, Caller, unknown][] = [
    ["run", "*", world, expect.stringMatching(/^run_/)], ["project", world.project, world, world.project], ["apiKey", key.id, key, key.id],
    ["member", world.user, world, world.user], ["studio", "*", world, world.studio],
  ];
  for (const [subject, id, by, named] of subjects) {
    for (const period of ceilingPeriods) {
      expect((await put(world, { subject, id, period, credits: need - 1 })).status).toBe(200);
      const refusal = await problemOf(await by.post("/api/v1/runs", { quote: quote.id }));
      expect(refusal).toMatchObject({
        status: 402, code: "credits.ceiling_reached", need, ceiling: { subject, id: named, period, credits: need - 1, used: 0, resetsAt: period === "absolute" ? null : expect.stringMatching(/Z$/) },
      });
      expect(refusal["detail"]).toContain(`${need - 1} credits`);
      expect((await remove(world, { subject, id, period })).status).toBe(204);
    }
  }
  expect(await world.balance()).toEqual(before);
  expect((await list(world)).data).toEqual([]);
  expect(await world.until((await world.start(quote.id)).id)).toMatchObject({ status: "succeeded", credits: { captured: need } });
  await put(world, { subject: "project", id: "*", period: "month", credits: need });
  expect((await list(world)).data).toMatchObject([{ subject: "project", id: "*", used: need, usedBy: world.project }]);
});

test("what a member's key orders counts for the member too, so that no key of one's own leads around a ceiling", async () => {
  const world = await filmWithClips();
  const key = await world.key(["runs:read", "runs:write", "projects:read"]);
  const quote = await world.quote(world.clips);
  await put(world, { subject: "member", id: world.user, period: "day", credits: quote.credits - 1 });
  expect(await problemOf(await key.post("/api/v1/runs", { quote: quote.id }))).toMatchObject({ code: "credits.ceiling_reached", ceiling: { subject: "member", id: world.user } });
});

test("free work begins under a ceiling of nothing", async () => {
  const world = await newFilmWorld({ script: SHORT });
  await put(world, { subject: "studio", id: "*", period: "absolute", credits: 0 });
  expect(await world.animatic()).toMatchObject({ status: "succeeded", credits: { captured: 0 } });
});

test("credits that other runs hold are named by their runs", async () => {
  const world = await filmWithClips();
  await env.WALLET.getByName(world.studio).hold({ key: "h", hold: "hold_elsewhere", credits: 99, expiresAt: Date.now() + 3_600_000, ref: { run: "run_other", project: null, member: null, apiKey: null } });
  const quote = await world.quote(world.clips);
  expect(await problemOf(await world.post("/api/v1/runs", { quote: quote.id }))).toMatchObject({ status: 402, code: "credits.held_elsewhere", runs: [{ run: "run_other", credits: 99 }] });
});

test("a key adds and lowers ceilings, and raises or removes none, whoever made it", async () => {
  const world = await newWorld({ plan: "creator_enterprise" });
  const key = await world.key(["wallet:read", "wallet:write"]);
  const ceiling = { subject: "apiKey", id: key.id, period: "day", credits: 100 } as const;
  expect((await put(key, ceiling)).status).toBe(200);
  expect((await put(key, { ...ceiling, credits: 50 })).status).toBe(200);
  expect(await problemOf(await put(key, { ...ceiling, credits: 51 }))).toMatchObject({ status: 403, code: "ceiling.binds_you" });
  expect(await problemOf(await remove(key, ceiling))).toMatchObject({ status: 403, code: "ceiling.binds_you" });
  expect(await problemOf(await key.patch("/api/v1/wallet/time-zone", { timeZone: "Pacific/Kiritimati" }))).toMatchObject({ status: 403, code: "ceiling.binds_you" });
  expect((await list(key)).data).toMatchObject([{ credits: 50, actions: ["lower"] }]);
  expect((await list(world)).data).toMatchObject([{ credits: 50, actions: ["lower", "raise", "remove"] }]);
  expect((await put(world, { ...ceiling, credits: 500 })).status).toBe(200);
  expect(await changes(world)).toMatchObject([
    { subject: "apiKey", id: key.id, period: "day", before: null, credits: 100, by: "key" }, { before: 100, credits: 50, by: "key" }, { before: 50, credits: 500, by: "user" },
  ]);
});

test("a member raises neither its own ceiling nor that of each member; an owner does, and an editor sets none", async () => {
  const world = await newWorld();
  const admin = await world.member("admin");
  const editor = await world.member("editor");
  for (const id of [admin.user, "*"]) {
    const own = { subject: "member", id, period: "month", credits: 100 };
    expect((await put(world, own)).status).toBe(200);
    expect(await problemOf(await put(admin, { ...own, credits: 101 }))).toMatchObject({ status: 403, code: "ceiling.binds_you" });
    expect(await problemOf(await remove(admin, own))).toMatchObject({ status: 403, code: "ceiling.binds_you" });
    expect((await put(admin, { ...own, credits: 90 })).status).toBe(200);
    expect((await put(world, { ...own, credits: 200 })).status).toBe(200);
  }
  const others = { subject: "member", id: editor.user, period: "month", credits: 10 };
  expect((await put(admin, others)).status).toBe(200);
  expect((await put(admin, { ...others, credits: 20 })).status).toBe(200);
  expect(await problemOf(await put(editor, { ...others, credits: 5 }))).toMatchObject({ code: "auth.role_too_low" });
  expect((await admin.patch("/api/v1/wallet/time-zone", { timeZone: "Pacific/Kiritimati" })).status).toBe(403);
  expect((await list(editor)).data.flatMap(({ actions }) => actions)).toEqual([]);
});

test("two administrators who lower and raise at once leave what one of them said, and both are in the audit log", async () => {
  const world = await newWorld();
  const ceiling = { subject: "project", id: "*", period: "day", credits: 1 };
  await Promise.all(Array.from({ length: 10 }, (_, at) => put(world, { ...ceiling, credits: at + 1 })));
  const [{ credits } = { credits: 0 }] = (await list(world)).data;
  const log = await changes(world);
  expect(log.length).toBe(10);
  // Each change names what it replaced: they form one chain from nothing to what is there.
  const after = new Map(log.map((change) => [change["before"], change["credits"]]));
  let at: unknown = null;
  for (let steps = 0; steps < 10 && after.has(at); steps += 1) at = after.get(at);
  expect(at).toBe(credits);
});

test("days end at midnight in the studio's zone, and the change of zone is in the audit log", async () => {
  const world = await newWorld();
  expect((await world.patch("/api/v1/wallet/time-zone", { timeZone: "Asia/Kathmandu" })).status).toBe(200);
  expect(await problemOf(await world.patch("/api/v1/wallet/time-zone", { timeZone: "Mars/Olympus" }))).toMatchObject({ status: 422, errors: [{ pointer: "/timeZone" }] });
  const { resetsAt } = await (await put(world, { subject: "studio", period: "day", credits: 5 })).json<Ceiling>();
  expect(resetsAt).toMatch(/T18:15:00\.000Z$/);
  expect((await list(world)).timeZone).toBe("Asia/Kathmandu");
  expect(await world.events()).toContain("wallet.time_zone_changed");
});

test("what names nobody is refused, what is not there cannot be removed, and another studio sees nothing", async () => {
  const world = await newWorld();
  const eve = await world.stranger();
  for (const [body, pointer] of [
    [{ subject: "project", id: "run_00000000", period: "day", credits: 1 }, "/id"], [{ subject: "world", id: "*", period: "day", credits: 1 }, "/subject"],
    [{ subject: "run", id: "*", period: "year", credits: 1 }, "/period"], [{ subject: "run", id: "*", period: "day", credits: 1.5 }, "/credits"], [{ subject: "run", id: "*", period: "day", credits: -1 }, "/credits"],
  ] as const) {
    expect(await problemOf(await put(world, body))).toMatchObject({ status: 422, errors: [{ pointer }] });
  }
  const ceiling = { subject: "project", id: "proj_00000000", period: "day", credits: 1 };
  await put(world, ceiling);
  for (const [by, name] of [[eve, ceiling], [world, { ...ceiling, period: "month" }], [world, { ...ceiling, subject: "planet" }], [world, { ...ceiling, id: "x" }]] as const) {
    expect(await problemOf(await remove(by, name))).toMatchObject({ status: 404, code: "ceiling.not_found" });
  }
  expect((await list(eve)).data).toEqual([]);
  expect((await list(world)).data.length).toBe(1);
});
