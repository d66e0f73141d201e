import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble, LEAST_SHOWN_FRAMES, layOut, TRANSITION_FRAMES, type Timeline } from "./edit-list.ts";
import type { NodeId } from "./film.ts";
import { entriesOf, scriptOrder } from "./recipes/order.ts";
import type { SequenceEntry, SequenceLine } from "./recipes/sequence.ts";
import { GAP_FRAMES, HEAD_FRAMES, shotFrames, TAIL_FRAMES } from "./recipes/speech.ts";
import { films } from "./testing/films.ts";

const entry = (shot: string, more: Partial<SequenceEntry> = {}): SequenceEntry => ({ picture: `move:${shot}`, scene: null, lines: [], trimStart: 0, trimEnd: 0, transition: "cut", ...more });

const line = (id: string, more: Partial<SequenceLine> = {}): SequenceLine => ({ line: id, dual: false, offset: 0, ...more });

/** Pictures of 100 frames, voices of 30. */
const lengths = (node: NodeId): number => (node.startsWith("voice:") ? 30 : 100);

const lay = (...entries: SequenceEntry[]): Timeline => layOut({ entries, music: [] }, lengths);

const starts = ({ entries }: Timeline): number[] => entries.map(({ startFrame }) => startFrame);

describe("the order of a film", () => {
  test("is the script's until somebody changes it, and a shot that is new stands behind the one that it follows in the script", () => {
    fc.assert(
      fc.property(films, fc.nat(), fc.nat(9), (film, at, by) => {
        const bare = { ...film, editList: { ...film.editList, entries: [] } };
        const script = scriptOrder(film);
        expect(entriesOf(bare).map(({ id }) => id)).toEqual(script);
        const turned = entriesOf(bare).map((_, place, all) => all[(place + by) % all.length]).flatMap((each) => each ?? []);
        const missing = script[at % Math.max(1, script.length)];
        const order = entriesOf({ ...film, editList: { ...film.editList, entries: turned.filter(({ id }) => id !== missing) } }).map(({ id }) => id);
        expect([...order].sort()).toEqual([...script].sort());
        expect(order.filter((id) => id !== missing)).toEqual(turned.map(({ id }) => id).filter((id) => id !== missing));
        const before = script[script.indexOf(missing ?? "") - 1];
        if (missing !== undefined && before !== undefined) expect(order[order.indexOf(before) + 1]).toBe(missing);
      }),
    );
  });
});

describe("a film laid out in time", () => {
  test("cuts follow each other, trims shorten, a dissolve overlaps by twelve frames and a fade by none", () => {
    const timeline = lay(entry("a", { trimEnd: 10 }), entry("b", { transition: "dissolve", trimStart: 20 }), entry("c", { transition: "fade" }));
    expect(starts(timeline)).toEqual([0, 90 - TRANSITION_FRAMES, 90 - TRANSITION_FRAMES + 80]);
    expect(timeline).toMatchObject({ frames: 90 - TRANSITION_FRAMES + 80 + 100, problems: [] });
  });

  test("what cannot be had is said, and the nearest that can is shown", () => {
    const timeline = lay(entry("a", { trimStart: 70, trimEnd: 70 }), entry("b", { transition: "dissolve" }), entry("c", { transition: "dissolve", trimStart: 88 }), entry("d", { transition: "dissolve" }));
    expect(timeline.entries.map(({ trimStart, trimEnd, transition, shown }) => ({ trimStart, trimEnd, transition, shown }))).toEqual([
      { trimStart: 70, trimEnd: 18, transition: "cut", shown: LEAST_SHOWN_FRAMES },
      { trimStart: 0, trimEnd: 0, transition: "dissolve", shown: 100 },
      { trimStart: 88, trimEnd: 0, transition: "dissolve", shown: 12 },
      { trimStart: 0, trimEnd: 0, transition: "cut", shown: 100 },
    ]);
    expect(timeline.problems).toEqual([
      { code: "trim_too_long", id: "a", frames: 88 },
      { code: "dissolve_too_long", id: "c", frames: 24 },
    ]);
  });

  test("lines follow each other in their shot, together where they are dual, and elsewhere where the edit list puts them", () => {
    const dual = lay(entry("a"), entry("b", { trimStart: 5, lines: [line("1"), line("2", { dual: true }), line("3", { offset: 200 }), line("4", { offset: -500 })] }));
    expect(dual.voices.map((voice) => [voice.line, voice.startFrame])).toEqual([
      ["1", 100 + HEAD_FRAMES - 5],
      ["2", 100 + HEAD_FRAMES - 5],
      ["4", 0],
    ]);
    expect(dual.problems.map(({ code, id }) => `${code} ${id}`)).toEqual(["line_unheard 3"]);
  });

  test("a shot is as long as its speech with its handles, and never shorter than its own seconds", () => {
    const lines = [{ line: "1", dual: false }, { line: "2", dual: true }, { line: "3", dual: true }, { line: "4", dual: false }];
    const frames = new Map([["1", 30], ["2", 40], ["3", 50], ["4", 20]]);
    const of = (id: string) => frames.get(id) ?? null;
    expect(shotFrames({ leastFrames: 24, lines }, of)).toBe(HEAD_FRAMES + 30 + GAP_FRAMES + 50 + GAP_FRAMES + 20 + TAIL_FRAMES);
    expect(shotFrames({ leastFrames: 1000, lines }, of)).toBe(1000);
    expect(shotFrames({ leastFrames: 48, lines: [] }, of)).toBe(48);
    expect(shotFrames({ leastFrames: 24, lines: [{ line: "5", dual: false }] }, of)).toBeNull();
  });

  test("a scene's music takes the place of the film's, and a scene without music is silent", () => {
    const music = [{ cue: "music:film" as const, scene: null }, { cue: "music:own" as const, scene: "2" }, { cue: null, scene: "4" }];
    const entries = ["1", "2", "2", "3", "4", "5"].map((scene) => entry(`s${scene}`, { scene }));
    expect(layOut({ entries, music }, lengths).music).toEqual([
      { cue: "music:film", startFrame: 0, frames: 100 },
      { cue: "music:own", startFrame: 100, frames: 200 },
      { cue: "music:film", startFrame: 300, frames: 100 },
      { cue: "music:film", startFrame: 500, frames: 100 },
    ]);
  });

  test("any edits of any film give a timeline without holes, in whole frames, on which every line and cue lies", () => {
    fc.assert(
      fc.property(films, fc.constantFrom("move", "clip"), (film, picture) => {
        const { entries, voices, music, frames, exact } = assemble(film, (node) => (node.startsWith("voice:") ? 41 : null), picture);
        expect(exact).toBe(true);
        let end = 0;
        for (const each of entries) {
          expect(each.startFrame).toBe(end - (each.transition === "dissolve" ? TRANSITION_FRAMES : 0));
          expect(each.shown).toBeGreaterThanOrEqual(Math.min(LEAST_SHOWN_FRAMES, each.frames));
          end = each.startFrame + each.shown;
        }
        expect(end).toBe(frames);
        for (const { startFrame } of voices) expect(startFrame >= 0 && startFrame < frames).toBe(true);
        music.forEach(({ startFrame, frames: length }, at) => expect(startFrame + length <= (music[at + 1]?.startFrame ?? frames)).toBe(true));
      }),
    );
  });

  test("without measured voices it is an estimate, and says so", () => {
    fc.assert(
      fc.property(films, (film) => {
        const { exact, entries } = assemble(film, () => null);
        expect(exact).toBe(entries.every(({ lines }) => lines.length === 0));
      }),
    );
  });
});
