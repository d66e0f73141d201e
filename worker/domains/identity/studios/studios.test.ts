import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newWorld, type World } from "../../../../test/world.ts";

const codeOf = async (answer: Response): Promise<string> => (await answer.json<{ code: string }>()).code;

async function memberOf(world: World, user: string): Promise<string> {
  const { data } = await (await world.get("/api/v1/members")).json<{ data: { id: string; user: string }[] }>();
  return data.find((member) => member.user === user)?.id ?? "";
}

test("a handle is one studio's, and none of ours", async () => {
  const [world, other] = [await newWorld(), await newWorld()];
  const handle = `ada-${crypto.randomUUID().slice(0, 8)}`;
  expect((await world.patch("/api/v1/studio", { handle, bio: "Films." })).status).toBe(200);
  expect(await codeOf(await other.patch("/api/v1/studio", { handle }))).toBe("handle.taken");
  expect(await codeOf(await other.patch("/api/v1/studio", { handle: "admin" }))).toBe("handle.taken");
  expect((await other.patch("/api/v1/studio", { handle: "Has Spaces" })).status).toBe(422);
});

test("only the one who was invited joins, once, and only while the invitation stands", async () => {
  const world = await newWorld();
  const [invited, stranger] = [await newWorld({ name: "Invited" }), await world.stranger()];
  const invite = async (email: string) => (await (await world.post("/api/v1/invites", { email, role: "editor" })).json<{ id: string }>()).id;
  const id = await invite(invited.email.toUpperCase());
  const accept = (by: World, which: string) => by.post(`/api/v1/invites/${which}/accept`);
  expect(await codeOf(await accept(stranger, id))).toBe("invite.not_found");
  expect(await (await accept(invited, id)).json()).toMatchObject({ id: world.studio, role: "editor" });
  expect((await accept(invited, id)).status).toBe(200);
  expect((await invited.get("/api/v1/projects", { "dailies-studio": world.studio })).status).toBe(200);

  const cancelled = await invite(stranger.email);
  await world.delete(`/api/v1/invites/${cancelled}`);
  expect(await codeOf(await accept(stranger, cancelled))).toBe("invite.not_found");
  const late = await invite(stranger.email);
  await env.DB.prepare("UPDATE invites SET expires_at = 1 WHERE id = ?").bind(late).run();
  expect(await codeOf(await accept(stranger, late))).toBe("invite.not_found");
});

test("an admin cannot make owners or unmake them, and cannot raise himself", async () => {
  const world = await newWorld();
  const admin = await world.member("admin");
  const owner = await memberOf(world, world.user);
  const own = await memberOf(world, admin.user);
  expect(await codeOf(await admin.patch(`/api/v1/members/${own}`, { role: "owner" }))).toBe("auth.role_too_low");
  expect(await codeOf(await admin.patch(`/api/v1/members/${owner}`, { role: "viewer" }))).toBe("auth.role_too_low");
  expect(await codeOf(await admin.delete(`/api/v1/members/${owner}`))).toBe("auth.role_too_low");
  expect(await codeOf(await admin.post("/api/v1/invites", { email: "a@example.com", role: "admin" }))).toBe("auth.role_too_low");
});

test("a studio keeps an owner, even when two of them leave at once", async () => {
  const world = await newWorld();
  const second = await world.member("owner");
  const [first, other] = [await memberOf(world, world.user), await memberOf(world, second.user)];
  const answers = await Promise.all([world.delete(`/api/v1/members/${first}`), second.delete(`/api/v1/members/${other}`)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409]);
  const left = answers[0]?.status === 204 ? second : world;
  expect(await codeOf(await left.delete(`/api/v1/members/${left === world ? first : other}`))).toBe("member.last_owner");
});

test("who is taken out of a studio is out at once, with the keys they made", async () => {
  const world = await newWorld();
  const admin = await world.member("admin");
  const key = await admin.key(["projects:read"]);
  expect((await key.get("/api/v1/projects")).status).toBe(200);
  expect((await world.delete(`/api/v1/members/${await memberOf(world, admin.user)}`)).status).toBe(204);
  expect((await key.get("/api/v1/projects")).status).toBe(401);
  expect((await admin.get("/api/v1/projects")).status).toBe(404);
});

test("a team's studio begins without free credits, so that nobody mints them", async () => {
  const world = await newWorld();
  const { id } = await (await world.post("/api/v1/studios", { name: "Team", handle: `team-${crypto.randomUUID().slice(0, 8)}` })).json<{ id: string }>();
  expect(await (await world.get("/api/v1/wallet", { "dailies-studio": id })).json()).toMatchObject({ available: 0 });
});
