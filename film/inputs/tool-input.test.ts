import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Film, Json, NodeId, TakeFacts } from "../film.ts";
import { buildGraph } from "../graph/graph.ts";
import { plan, type Step } from "../plan.ts";
import { priceCard } from "../prices.ts";
import { chooseTake, retake, useUpload } from "../choices.ts";
import { lineageOf } from "../graph/lineage.ts";
import { edits } from "../testing/edits.ts";
import { filmsWithShots } from "../testing/films.ts";
import { Shelf } from "../testing/making.ts";
import { expectedOutput, readOutput } from "./expected-output.ts";
import { toolInput } from "./tool-input.ts";

/** Makes all of a film, and tells of each step what it was given. */
function dispatched(film: Film, shelf = new Shelf()): { step: Step; input: Json; takes: Map<NodeId, TakeFacts> }[] {
  return (["animatic", "master"] as const).flatMap((target) =>
    plan({ graph: buildGraph(film), takes: shelf, prices: priceCard, target }).steps.map((step) => {
      const takes = shelf.depsOf(step);
      const input = toolInput(step, takes, film);
      shelf.make(step);
      return { step, input, takes };
    }),
  );
}

/** The names of the fields that the renderer's models read, by `docs/design/renderer-models.md`. */
const fields: Record<string, string> = {
  voice: "cast language pace parenthetical text",
  frame: "aspect cast description framing place props seed setting style timeOfDay weather",
  move: "aspect cameraMove depths frames overscan panel planes seed slate timeOfDay weather",
  clip: "aspect cameraMove depths frames overscan panel planes seed timeOfDay weather",
  title: "aspect frames role seed style subtitle title",
  music: "mood seconds seed",
  captions: "language lines",
  animatic: "aspect captions entries language music title voices",
  cut: "aspect captions entries language music title voices",
  poster: "aspect at video",
  preview: "seconds video",
  upload: "aspect file kind",
};

describe("what each model is given", () => {
  test("is the fields that it reads, with assets only of the takes that the step is made from", () => {
    fc.assert(
      fc.property(filmsWithShots, (film) => {
        for (const { step, input, takes } of dispatched(film)) {
          expect(Object.keys(input as object).sort().join(" ")).toBe(fields[step.tool]);
          const known = new Set([...takes.values()].flatMap(({ assets }) => Object.values(assets)));
          for (const asset of assetsIn(input)) expect(known.has(asset)).toBe(true);
        }
      }),
    );
  });

  test("does not change with what is edited meanwhile: a step says all of it", () => {
    fc.assert(
      fc.property(filmsWithShots, (film) => {
        for (const { step, input, takes } of dispatched(film)) expect(toolInput(JSON.parse(JSON.stringify(step)) as Step, takes, { aspect: film.aspect })).toEqual(input);
      }),
      { numRuns: 20 },
    );
  });

  test("a cut's length is the sum of what it shows, and both it and each clip must come back exactly so long", () => {
    fc.assert(
      fc.property(filmsWithShots, (film) => {
        for (const { step, input, takes } of dispatched(film)) {
          const { frames, files } = expectedOutput(step, takes, film);
          if (step.tool === "clip") expect((input as { frames: number }).frames).toBe(frames);
          if (step.tool !== "cut") continue;
          const { entries } = input as { entries: { frames: number; trimStart: number; trimEnd: number; transition: string }[] };
          const shown = entries.reduce((sum, each) => sum + each.frames - each.trimStart - each.trimEnd - (each.transition === "dissolve" ? 12 : 0), 0);
          expect(frames).toBe(shown);
          expect(files["video"]).toMatchObject({ codec: "h264", audio: "aac", frames: { least: shown, most: shown } });
        }
      }),
    );
  });

  test("each caption comes when its line is heard, also where an older clip was put back or footage is shown", () => {
    fc.assert(
      fc.property(filmsWithShots, edits, fc.nat(), fc.nat(), (film, edit, at, other) => {
        const clips = buildGraph(film).order.filter((id) => id.startsWith("clip:"));
        const old = lineageOf(buildGraph(film), clips[at % clips.length] ?? "clip:");
        const mixed = old ? chooseTake(edit(film), old) : film;
        const shown = useUpload(mixed, clips[other % (clips.length * 2)] ?? "clip:", "f".repeat(64)) ?? mixed;
        const all = dispatched(shown);
        for (const whole of all.filter(({ step }) => step.tool === "animatic" || step.tool === "cut")) {
          const captions = whole.step.deps.find(({ node }) => node.startsWith("captions:"));
          const given = all.find(({ step }) => step.node === captions?.node)?.input as { lines: { startFrame: number }[] } | undefined;
          const heard = (whole.input as { voices: { startFrame: number }[] }).voices;
          expect((given?.lines ?? []).map(({ startFrame }) => startFrame)).toEqual(heard.map(({ startFrame }) => startFrame));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a retake is not given the same again", () => {
    fc.assert(
      fc.property(filmsWithShots, fc.nat(), (film, at) => {
        const first = dispatched(film);
        const chosen = first.filter(({ step }) => ["voice", "frame", "move", "clip", "title", "music", "poster"].includes(step.tool));
        const { step, input } = chosen[at % chosen.length] ?? first[0] ?? expect.unreachable();
        const again = dispatched(retake(film, step.node) ?? film).find((other) => other.step.node === step.node);
        expect(again?.input).not.toEqual(input);
      }),
    );
  });

  test("an uploaded picture is moved over as it is, and an uploaded clip is ordered in no particular length", () => {
    fc.assert(
      fc.property(filmsWithShots, (film) => {
        const clip = buildGraph(film).order.find((id) => id.startsWith("clip:")) ?? "clip:";
        const frame: NodeId = `frame:${clip.slice(5)}`;
        const all = dispatched(useUpload(film, frame, "d".repeat(64)) ?? film);
        expect(all.find(({ step }) => step.node === frame)?.input).toEqual({ file: { $upload: "d".repeat(64) }, kind: "image", aspect: film.aspect });
        const footage = dispatched(useUpload(film, clip, "e".repeat(64)) ?? film).find(({ step }) => step.node === clip);
        expect(footage && expectedOutput(footage.step, footage.takes, film).frames).toBeNull();
      }),
      { numRuns: 30 },
    );
  });
});

describe("what comes back", () => {
  const step = (tool: string): Step => ({ node: `${tool}:x`, tool, recipe: { tool, params: { leastFrames: 48, lines: [] }, wish: "cheapest", variant: 0 } }) as unknown as Step;
  const ordered = (tool: string) => expectedOutput(step(tool), new Map(), { aspect: "9:16" });

  test("is read by role, lists by their place, and the rest is kept as values", () => {
    expect(readOutput(ordered("frame"), { panel: "p", planes: ["a", "b"], depths: [0, 1], overscan: 0.1 })).toEqual({
      files: { panel: "p", "planes.0": "a", "planes.1": "b" },
      values: { depths: [0, 1], overscan: 0.1 },
      frames: null,
    });
    expect(readOutput(ordered("voice"), { audio: "a", timings: "t", seconds: 2, frames: 48, spoken: true })?.frames).toBe(48);
    expect(readOutput(ordered("clip"), { video: "v", frames: 12 })?.frames).toBe(48);
    expect(readOutput(ordered("music"), { audio: "a", timings: "http://10.0.0.7/timings.json", seconds: 2 })?.values).toEqual({ seconds: 2 });
  });

  test("is bad where a file that was ordered is missing or is none", () => {
    for (const output of [null, "url", [], {}, { audio: "a" }, { audio: 1, timings: "t" }, { audio: ["a"], timings: "t" }] as Json[]) expect(readOutput(ordered("voice"), output)).toBeNull();
    expect(readOutput(ordered("frame"), { panel: "p", planes: "a" })).toBeNull();
  });

  test("has the size of the film's aspect", () => {
    expect(ordered("clip").files["video"]).toMatchObject({ width: 720, height: 1280, audio: null, frames: { least: 48, most: 48 } });
  });
});

function assetsIn(value: Json): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(assetsIn);
  return Object.entries(value).flatMap(([key, member]) => (key === "$asset" ? [String(member)] : assetsIn(member)));
}
