import { expect, test } from "vitest";
import { clashesIn, differing, fieldsOf, merge, setField, type EditContent } from "./edit-merge.ts";

const entry = (id: string) => ({ id, label: id, frames: 72, trimStart: 0, trimEnd: 0, transition: "cut" as const, omitted: false });
const content = (ids: string[]): EditContent => ({
  entries: ids.map(entry), levels: { voice: 0, music: 0, sound: 0 }, offsets: {}, cues: [{ id: "cue_1", mood: "calm", scene: null }],
  titles: [{ id: "card_1", role: "opening", title: "Late", subtitle: "", seconds: 3 }],
});
const base = content(["a", "b", "c", "d"]);
/** The base, changed. */
function with_(change: (changed: EditContent) => void): EditContent {
  const changed = structuredClone(base);
  change(changed);
  return changed;
}
const set = (id: string, fields: object) => with_(({ entries }) => Object.assign(entries.find((other) => other.id === id) ?? {}, fields));
const ids = ({ entries }: EditContent) => entries.map(({ id }) => id);

test("without changes of mine theirs is what is shown", () => {
  const theirs = set("b", { trimStart: 4, label: "2A", frames: 90 });
  expect(merge({ base, mine: base, theirs })).toEqual({ content: theirs, clashes: [] });
});

test("different fields merge, of one entry too", () => {
  const theirs = with_((changed) => { Object.assign(changed.entries[0] ?? {}, { trimEnd: 5, frames: 80 }); changed.levels.music = -6; });
  const mine = with_((changed) => { Object.assign(changed.entries[0] ?? {}, { trimStart: 3 }); changed.levels.voice = 2; });
  const merged = merge({ base, mine, theirs });
  expect(merged.clashes).toEqual([]);
  expect(merged.content.entries[0]).toMatchObject({ trimStart: 3, trimEnd: 5, frames: 80 });
  expect(merged.content.levels).toEqual({ voice: 2, music: -6, sound: 0 });
});

test("the same field set to different things stays mine and is named with both values; set to one thing it is no clash", () => {
  const theirs = set("a", { trimStart: 8, omitted: true });
  const mine = set("a", { trimStart: 3, omitted: true });
  const { content: merged, clashes } = merge({ base, mine, theirs });
  expect(merged.entries[0]).toMatchObject({ trimStart: 3, omitted: true });
  expect(clashesIn(clashes, { mine: merged, theirs })).toMatchObject([{ part: "entries", id: "a", name: "trimStart", value: 3, theirs: 8 }]);
  for (const key of clashes) { const field = fieldsOf(theirs).get(key); if (field) setField(merged, field); }
  expect(merged).toEqual(theirs);
  expect(clashesIn(clashes, { mine: merged, theirs })).toEqual([]);
});

test("words of a card and moods clash like trims", () => {
  const theirs = with_((changed) => { Object.assign(changed.titles[0] ?? {}, { title: "Later" }); Object.assign(changed.cues[0] ?? {}, { mood: "epic" }); });
  const mine = with_((changed) => { Object.assign(changed.titles[0] ?? {}, { title: "Too late" }); Object.assign(changed.cues[0] ?? {}, { mood: "sad" }); });
  const { content: merged, clashes } = merge({ base, mine, theirs });
  expect(clashesIn(clashes, { mine: merged, theirs }).map(({ value, theirs: other }) => [value, other])).toEqual([["sad", "epic"], ["Too late", "Later"]]);
});

test("my order holds where they only added and took out, and what they added stays behind whom it stood behind", () => {
  const theirs = content(["a", "new", "b", "d"]);
  const mine = content(["d", "c", "b", "a"]);
  const merged = merge({ base, mine, theirs });
  expect([ids(merged.content), merged.clashes]).toEqual([["d", "b", "a", "new"], []]);
});

test("two orders clash, and either can be taken", () => {
  const theirs = content(["b", "a", "c", "d"]);
  const mine = content(["a", "b", "d", "c"]);
  const { content: merged, clashes } = merge({ base, mine, theirs });
  expect(ids(merged)).toEqual(["a", "b", "d", "c"]);
  const [clash] = clashesIn(clashes, { mine: merged, theirs });
  expect(clash).toMatchObject({ part: "order", value: ids(mine), theirs: ids(theirs) });
  if (clash) setField(merged, { ...clash, value: clash.theirs });
  expect(ids(merged)).toEqual(ids(theirs));
});

test("what I set of something that is gone is let go", () => {
  const theirs = content(["b", "c", "d"]);
  expect(merge({ base, mine: set("a", { trimStart: 3 }), theirs })).toEqual({ content: theirs, clashes: [] });
});

test("of two orders only what differs is shown", () => {
  expect(differing(["a", "b", "c", "d"], ["a", "c", "b", "d"])).toEqual([["b", "c"], ["c", "b"]]);
  expect(differing(["a", "b"], ["a", "b"])).toEqual([[], []]);
});
