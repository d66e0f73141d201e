import { describe, expect, test } from "vitest";
import type { Json } from "../../film/film.ts";
import { readScript } from "../../film/fountain/index.ts";
import { buildGraph } from "../../film/graph/graph.ts";
import { toolInput } from "../../film/inputs/tool-input.ts";
import { plan } from "../../film/plan.ts";
import { priceCard } from "../../film/prices.ts";
import { newFilm, reconcile } from "../../film/reconcile/index.ts";
import { Shelf } from "../../film/testing/making.ts";
import { loadModel } from "./index.ts";

/** The input as the renderer sees it: files are addresses. */
function sent(value: Json): Json {
  if (Array.isArray(value)) return value.map(sent);
  if (typeof value !== "object" || value === null) return value;
  return "$asset" in value ? "https://files.example/file" : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, sent(member)]));
}

/** What a script asks of the models that they refuse. */
async function refused(text: string): Promise<string[]> {
  let ids = 0;
  const newId = (prefix: string) => `${prefix}_${(ids += 1)}`;
  const empty = newFilm({ title: "Long", style: "noir", aspect: "16:9", language: "en", seed: 1, newId });
  const film = reconcile(empty, { hash: "a", document: readScript({ text, format: "fountain" }), newId });
  const shelf = new Shelf();
  const problems: string[] = [];
  for (const target of ["animatic", "master"] as const) {
    for (const step of plan({ graph: buildGraph(film), takes: shelf, prices: priceCard, target }).steps) {
      const model = await loadModel(step.tool);
      const parsed = model?.input.safeParse(sent(toolInput(step, shelf.depsOf(step), film)));
      if (!parsed?.success) problems.push(`${step.node}: ${parsed?.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ")}`);
      shelf.make(step);
    }
  }
  return problems;
}

const long = (words: string, letters: number) => words.repeat(Math.ceil(letters / words.length)).slice(0, letters);

describe("no script is too much for the models that make it", () => {
  test.each([
    ["a title page", `Title: ${long("A Very Long Title ", 3_000)}\nCredit: written by\nAuthor: ${long("Somebody and ", 3_000)}\n\nINT. ROOM - DAY\n\nSun.\n`],
    ["a heading", `INT. ${long("a place with many names ", 5_000)} - DAY\n\nSun.\n`],
    ["a name", `INT. ROOM - DAY\n\n${long("VERY LONG NAME ", 3_000).trim()}\nHello.\n`],
    ["a parenthetical", `INT. ROOM - DAY\n\nBOB\n(${long("softly, and then ", 3_000)})\nHello.\n`],
    ["a speech", `INT. ROOM - DAY\n\nBOB\n${long("I told you so, and you did not listen. ", 9_000)}\n`],
    ["a paragraph", `INT. ROOM - DAY\n\n${long("He walks on ", 60_000)}.\n`],
    ["a crowd", `INT. ROOM - DAY\n\n${Array.from({ length: 90 }, (_, n) => `GUEST ${String.fromCharCode(65 + (n % 26), 65 + Math.floor(n / 26))}X\nHello.\n`).join("\n")}`],
  ])("%s without an end", async (_, text) => {
    expect(await refused(text)).toEqual([]);
  });
});
