import { expect, test } from "vitest";
import { newWorld } from "../../test/world.ts";

test("a body that is not JSON by its type is refused as such, never as our fault", async () => {
  const world = await newWorld();
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", ";;"]) {
    const answer = await world.post("/api/v1/projects", { title: "Late" }, { "content-type": type });
    expect({ type, status: answer.status, ...(await answer.json<object>()) }).toMatchObject({ type: "/docs/problems#request.not_json", status: 415, code: "request.not_json" });
  }
});

test("a body that is no JSON inside is refused, whatever is wrong with it", async () => {
  const world = await newWorld();
  for (const body of ["", "{", "[".repeat(100_000), "{\"title\":", "\u0000"]) {
    const answer = await world.post("/api/v1/projects", new TextEncoder().encode(body), { "content-type": "application/json" });
    expect({ body: body.slice(0, 10), status: answer.status }).toEqual({ body: body.slice(0, 10), status: 400 });
    expect(await answer.json()).toMatchObject({ code: "request.malformed" });
  }
});
