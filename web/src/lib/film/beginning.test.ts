import { expect, test } from "vitest";
import { Beginning } from "./beginning.ts";

interface Asked {
  line: string;
  key: string | null;
  body: Record<string, unknown>;
}

/** An API that refuses or loses as it is told to. */
function newApi() {
  const asked: Asked[] = [];
  const faults: Record<string, "refuse" | "lose"> = {};
  const fetch = async (path: RequestInfo | URL, init?: RequestInit) => {
    const line = `${init?.method} ${String(path)}`;
    asked.push({ line, key: new Headers(init?.headers).get("idempotency-key"), body: JSON.parse(String(init?.body)) as Record<string, unknown> });
    if (faults[line] === "lose") throw new TypeError("no connection");
    if (faults[line] === "refuse") return Response.json({ code: "request.invalid", detail: "No." }, { status: 422 });
    return Response.json({ id: "project_1" }, { status: 201 });
  };
  return { asked, faults, fetch, lines: () => asked.map(({ line }) => line) };
}

const CREATE = "POST /api/v1/projects";
const CHANGE = "PATCH /api/v1/projects/project_1";
const WRITE = "PUT /api/v1/projects/project_1/script";
const script = (text: string) => ({ text, format: "fountain" as const });

test("a project is made and its script saved", async () => {
  const api = newApi();
  expect(await new Beginning(api.fetch).begin({ title: "Late" }, script("INT."))).toBe("project_1");
  expect(api.lines()).toEqual([CREATE, WRITE]);
});

test("where the script could not be saved, only that is done again, with another text too", async () => {
  const api = newApi();
  const beginning = new Beginning(api.fetch);
  api.faults[WRITE] = "refuse";
  await expect(beginning.begin({ title: "Late" }, script("bad"))).rejects.toMatchObject({ code: "request.invalid" });
  delete api.faults[WRITE];
  await beginning.begin({ title: "Late" }, script("INT."));
  expect(api.lines()).toEqual([CREATE, WRITE, WRITE]);
  expect(api.asked.at(-1)?.body).toMatchObject({ text: "INT." });
});

test("a project that is there already takes on another title", async () => {
  const api = newApi();
  const beginning = new Beginning(api.fetch);
  api.faults[WRITE] = "lose";
  await expect(beginning.begin({ title: "Late" }, script("INT."))).rejects.toThrow();
  await expect(beginning.begin({ title: "Later" }, script("EXT."))).rejects.toThrow();
  delete api.faults[WRITE];
  await beginning.begin({ title: "Later" }, script("EXT."));
  expect(api.lines()).toEqual([CREATE, WRITE, CHANGE, WRITE, WRITE]);
  expect(api.asked[2]?.body).toEqual({ title: "Later" });
});

test("the same is asked for again under the same key, something else under another", async () => {
  const api = newApi();
  const beginning = new Beginning(api.fetch);
  api.faults[CREATE] = "lose";
  for (const title of ["Late", "Late", "Later"]) await expect(beginning.begin({ title }, null)).rejects.toThrow();
  const [first, second, third] = api.asked.map(({ key }) => key);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});
