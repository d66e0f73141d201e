import { expect, test } from "vitest";
import { scriptPage } from "./script-page.ts";

const SCRIPT = "Title: The Light\n\nINT. TOWER - NIGHT #2#\n\nShe turns the *great lamp*.\n\nMARA (O.S.)\n(softly)\nAgain. [[not for the public]]\n\n= A synopsis\n\n> THE END <\n";
const words = (kind: string): string[] => scriptPage(SCRIPT).blocks.filter((block) => block.kind === kind).map((block) => block.runs.map(({ text }) => text).join(""));

test("a published script shows what is on paper, and none of the writer's notes", () => {
  expect(words("scene-heading")).toEqual(["INT. TOWER - NIGHT"]);
  expect(words("dialogue")).toEqual(["Again."]);
  expect(JSON.stringify(scriptPage(SCRIPT))).not.toContain("not for the public");
  expect(words("synopsis")).toEqual([]);
});

test("emphasis loses its marks and parentheticals keep theirs", () => {
  expect(scriptPage(SCRIPT).blocks.find(({ kind }) => kind === "action")?.runs).toEqual([{ text: "She turns the ", style: "" }, { text: "great lamp", style: "italic" }, { text: ".", style: "" }]);
  expect(words("parenthetical")).toEqual(["(softly)"]);
});
