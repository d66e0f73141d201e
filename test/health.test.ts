import { env, exports } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { createApp } from "../worker/app.ts";

const parts = ["database", "storage", "queue", "renderer"] as const;
type Part = (typeof parts)[number];
interface HealthWire {
  status: string;
  parts: Record<Part | "worker", { status: string }>;
}

/** A binding whose every call fails, as when the service behind it is gone. */
const gone = new Proxy({}, { get: () => () => { throw new Error("gone"); } });
const broken: Record<Exclude<Part, "renderer">, object> = { database: { DB: gone }, storage: { MEDIA: gone }, queue: { EVENTS: gone } };

async function healthWith(changes: object, renderer: number): Promise<{ status: number; body: HealthWire }> {
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("{}", { status: renderer }));
  const answer = await createApp().fetch(new Request("https://dailies.example/api/v1/health"), { ...env, ...changes }, createExecutionContext());
  return { status: answer.status, body: await answer.json<HealthWire>() };
}

afterEach(() => vi.restoreAllMocks());

test("health is good when every part answers", async () => {
  const { status, body } = await healthWith({}, 200);
  expect(status).toBe(200);
  expect(Object.values(body.parts).map((part) => part.status)).toEqual(["ok", "ok", "ok", "ok", "ok"]);
});

test.each(parts)("health names the %s, and it alone, when that is what is down", async (part) => {
  const { status, body } = await healthWith(part === "renderer" ? {} : broken[part], part === "renderer" ? 503 : 200);
  expect(status).toBe(503);
  expect(body.status).toBe("failing");
  expect(Object.entries(body.parts).filter(([, { status: state }]) => state === "failing").map(([name]) => name)).toEqual([part]);
});

test("an address that does not exist is a problem with a request id", async () => {
  const answer = await exports.default.fetch("https://dailies.example/api/v1/nothing");
  expect(answer.status).toBe(404);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(await answer.json()).toMatchObject({ code: "route.not_found", instance: expect.stringMatching(/^req_/) });
});
