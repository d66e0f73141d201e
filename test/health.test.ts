import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";

test("health names the part that is down", async () => {
  const answer = await exports.default.fetch("https://dailies.example/api/v1/health");
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ status: "failing", parts: { database: { status: "ok" }, storage: { status: "ok" }, queue: { status: "ok" }, renderer: { status: "failing" } } });
});

test("an address that does not exist is a problem with a request id", async () => {
  const answer = await exports.default.fetch("https://dailies.example/api/v1/nothing");
  expect(answer.status).toBe(404);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(await answer.json()).toMatchObject({ code: "route.not_found", instance: expect.stringMatching(/^req_/) });
});
