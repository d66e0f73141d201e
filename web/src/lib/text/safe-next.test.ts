import { expect, test } from "vitest";
import { safeNext } from "./safe-next.ts";

test("after signing in, a visitor comes back to the page that asked for it", () => {
  expect(safeNext("/studio/projects/proj_1/shots?view=table", "/studio")).toBe("/studio/projects/proj_1/shots?view=table");
});

test.each(["https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/..//evil.example", "/./\\evil.example", "", null])("a link to the sign-in cannot send people to another site: %j", (next) => {
  const path = safeNext(next, "/studio");
  expect(new URL(path, "https://dailies.example").origin).toBe("https://dailies.example");
  expect(path).toBe("/studio");
});
