import { expect, test } from "vitest";
import { anonymous } from "./world.ts";

interface Description {
  openapi: string;
  paths: Record<string, Record<string, { operationId?: string; summary?: string }>>;
}

const described = async (): Promise<Description> => (await anonymous.get("/api/v1/openapi.json")).json<Description>();

/** The contract as a file, so that a change of it is seen in review. `npm run openapi` renews it, and the types of the pages with it. */
test("docs/openapi.json says what the API does", async () => {
  await expect(`${JSON.stringify(await described(), null, 1)}\n`).toMatchFileSnapshot("../docs/openapi.json");
});

test("every operation has a name of its own and says what it does", async () => {
  const { openapi, paths } = await described();
  expect(openapi).toBe("3.1.0");
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const names = operations.map(({ operationId }) => operationId ?? "");
  expect(names.filter((name, index) => name === "" || names.indexOf(name) !== index)).toEqual([]);
  expect(operations.filter(({ summary }) => !summary)).toEqual([]);
});
