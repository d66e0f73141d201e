import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readScript } from "../fountain/index.ts";
import { breakDown } from "./index.ts";
import { singular } from "./sentences.ts";

interface Annotation {
  scenes: { setting: string | null; place: string; timeOfDay: string | null; number?: string }[];
  cast: Record<string, number | null>;
  locations: string[];
  props: string[];
  wardrobe: string[];
}

const folder = fileURLToPath(new URL("../../test/fixtures/scripts/", import.meta.url).href);
const seen = ["drama.fountain", "science-fiction.fountain", "marketing.fountain", "documentary.txt", "animation.fountain", "action.fountain", "comedy.fountain"];
const heldOut = ["held-out/horror.fountain", "held-out/period.fountain", "held-out/phone-call.fountain"];

const read = (name: string) => readFileSync(`${folder}${name}`, "utf8");
const broken = (name: string) => breakDown(readScript({ text: read(name), format: name.endsWith(".txt") ? "txt" : "fountain" }), { seed: 1 });
const annotated = (name: string): Annotation => JSON.parse(read(name.replace(/\.\w+$/, ".json")));

/** A thing by its noun: the last word, before any `of`, in the singular. */
const nounOf = (item: string) => singular(item.toLowerCase().split(" of ")[0]?.split(" ").pop() ?? "");

function score(found: string[], wanted: string[]) {
  const got = new Set(found.map(nounOf));
  const expected = new Set(wanted.map(nounOf));
  const hits = [...got].filter((item) => expected.has(item)).length;
  return { precision: got.size === 0 ? 1 : hits / got.size, recall: expected.size === 0 ? 1 : hits / expected.size, extra: [...got].filter((item) => !expected.has(item)), missed: [...expected].filter((item) => !got.has(item)) };
}

describe.each([...seen, ...heldOut])("%s", (name) => {
  const breakdown = broken(name);
  const annotation = annotated(name);
  test("its scenes are found exactly", () => {
    expect(breakdown.scenes.map(({ setting, place, timeOfDay, number }) => ({ setting, place, timeOfDay, number }))).toEqual(annotation.scenes.map((scene) => ({ ...scene, number: scene.number ?? null })));
  });
  test("its speaking cast and places are found exactly", () => {
    const speaking = breakdown.characters.filter(({ lines }) => lines > 0);
    expect(Object.fromEntries(speaking.map(({ name: who, lines }) => [who, annotation.cast[who] === null ? null : lines]))).toEqual(annotation.cast);
    expect(breakdown.locations).toEqual(annotation.locations);
  });
  test("its props are found with precision and recall of at least 0.7", () => {
    const props = score(breakdown.scenes.flatMap((scene) => scene.props), annotation.props);
    if (process.env.SHOW_SCORES) console.log(name, JSON.stringify(props), JSON.stringify(score(breakdown.scenes.flatMap(({ wardrobe }) => wardrobe.map(({ item }) => item)), annotation.wardrobe)));
    expect(props.precision, `not props: ${props.extra}`).toBeGreaterThanOrEqual(0.7);
    expect(props.recall, `missed: ${props.missed}`).toBeGreaterThanOrEqual(0.7);
  });
});
