import fc from "fast-check";
import { expect, test } from "vitest";
import { layOut as planned } from "../../film/edit-list.ts";
import { nodeId } from "../../film/recipes/recipe.ts";
import { type Entry, layOut, type Segment, TRANSITION_FRAMES } from "./timeline.ts";

const entry = (frames: number, more: Partial<Entry> = {}): Entry => ({ frames, trimStart: 0, trimEnd: 0, transition: "cut", ...more });
const kinds = (entries: Entry[]): string[] => layOut(entries).segments.map(({ kind, clip, from, to }) => `${kind} ${clip} ${from}-${to}`);

test("a dissolve shortens the film by its frames and takes them from both entries", () => {
  expect(kinds([entry(48), entry(48, { transition: "dissolve" })])).toEqual(["plain 0 0-36", "dissolve 1 0-12", "plain 1 12-48"]);
});

test("a fade keeps the film's length and darkens both sides", () => {
  expect(kinds([entry(48, { trimEnd: 8 }), entry(48, { transition: "fade", trimStart: 4 })])).toEqual(["plain 0 0-28", "fade-out 0 28-40", "fade-in 1 4-16", "plain 1 16-48"]);
});

test("a dissolve without room, or without anything before it, is a cut", () => {
  expect(kinds([entry(20, { transition: "dissolve" }), entry(20, { transition: "dissolve" }), entry(20, { transition: "dissolve" }), entry(8, { transition: "dissolve" })])).toEqual(["plain 0 0-8", "dissolve 1 0-12", "plain 1 12-20", "plain 2 0-20", "plain 3 0-8"]);
});

test("whatever is asked for, every shown frame is in the film once, in order, but for those that dissolves share", () => {
  const anyEntry = fc.record({ frames: fc.integer({ min: 1, max: 90 }), trimStart: fc.nat(30), trimEnd: fc.nat(30), transition: fc.constantFrom("cut" as const, "dissolve" as const, "fade" as const) }).filter(({ frames, trimStart, trimEnd }) => trimStart + trimEnd < frames);
  fc.assert(fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 8 }), (entries) => {
    const { segments, frames } = layOut(entries);
    const dissolves = segments.filter(({ kind }) => kind === "dissolve").length;
    expect(frames).toBe(entries.reduce((sum, one) => sum + one.frames - one.trimStart - one.trimEnd, 0) - dissolves * TRANSITION_FRAMES);
    entries.forEach((one, clip) => {
      const shown = segments.flatMap((segment) => [
        ...(segment.kind === "dissolve" && segment.before.clip === clip ? [[segment.before.from, segment.before.from + TRANSITION_FRAMES]] : []),
        ...(segment.clip === clip ? [[segment.from, segment.to]] : []),
      ]);
      expect(shown[0]?.[0]).toBe(one.trimStart);
      expect(shown.at(-1)?.[1]).toBe(one.frames - one.trimEnd);
      for (const [n, [from = 0, to = 0]] of shown.entries()) expect([from < to, n === 0 || from === shown[n - 1]?.[1]]).toEqual([true, true]);
    });
  }));
});

/** Where each entry begins in the film, its part of a dissolve included. */
function starts(segments: Segment[]): number[] {
  const first: number[] = [];
  let at = 0;
  for (const segment of segments) {
    if (segment.kind === "dissolve") first[segment.before.clip] ??= at;
    first[segment.clip] ??= at;
    at += segment.to - segment.from;
  }
  return first;
}

test("the film is as long as it was planned, and every entry begins where the voices of its shot were put", () => {
  const asked = fc.record({ frames: fc.integer({ min: 1, max: 70 }), trimStart: fc.nat(50), trimEnd: fc.nat(50), transition: fc.constantFrom("cut" as const, "dissolve" as const, "fade" as const) });
  fc.assert(fc.property(fc.array(asked, { minLength: 1, maxLength: 12 }), (list) => {
    const pictures = new Map(list.map(({ frames }, n) => [nodeId("clip", `shot_${n}`), frames]));
    const entries = list.map((one, n) => ({ ...one, picture: nodeId("clip", `shot_${n}`), scene: null, lines: [] }));
    const plan = planned({ entries, music: [] }, (node) => pictures.get(node) ?? 0);
    // The transitions as they were asked for: both sides must come to the same answer by themselves.
    const made = layOut(plan.entries.map(({ frames, trimStart, trimEnd }, n) => ({ frames, trimStart, trimEnd, transition: list[n]?.transition ?? "cut" })));
    expect(made.frames).toBe(plan.frames);
    expect(starts(made.segments)).toEqual(plan.entries.map(({ startFrame }) => startFrame));
    // And the transitions as they were granted change nothing.
    expect(layOut(plan.entries)).toEqual(made);
  }), { numRuns: 500 });
});
