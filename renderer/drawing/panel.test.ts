import { createCanvas, type Canvas } from "@napi-rs/canvas";
import { describe, expect, test } from "vitest";
import { aspects, framings, styles, timesOfDay, weathers, type CharacterLook } from "../../film/film.ts";
import { frameInput } from "./input.ts";
import { drawPanel } from "./panel.ts";
import { propNames } from "./props/names.ts";
import type { PanelInput } from "./scene.ts";
import { archetypeNames, archetypeOf, isInside } from "./sets/archetypes.ts";

const ada: CharacterLook = { presents: "woman", hair: "#5a2d1a", hairStyle: "long", skin: "#e8b898", top: "#b33a3a", bottom: "#2b3550", height: 0.96, build: "slim" };
const otto: CharacterLook = { presents: "man", hair: "#b8b2a8", hairStyle: "hat", skin: "#8a5a3c", top: "#4f6b45", bottom: "#2a2a2a", height: 1.04, build: "broad" };

function shot(changes: Partial<PanelInput> = {}): PanelInput {
  return frameInput.parse({ description: "Ada reads a letter.", framing: "medium", setting: "interior", place: "KITCHEN", timeOfDay: "day", weather: "clear", cast: [{ id: "char_ada", name: "ADA", look: ada }], seed: 11, ...changes });
}

/** The picture at a size at which only what everybody would notice is left. */
function glance(canvas: Canvas): Uint8ClampedArray {
  const ctx = createCanvas(32, 18).getContext("2d");
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(canvas, 0, 0, 32, 18);
  return ctx.getImageData(0, 0, 32, 18).data;
}

/** Mean difference of two glances, in steps of 256. */
function distance(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
}

function difference(a: Canvas, b: Canvas): number {
  return distance(glance(a), glance(b));
}

/** The smallest picture that is made: for what shows at any size, at half the cost. */
const square = { aspect: "1:1" } as const;

function bytes(canvas: Canvas): Buffer {
  return canvas.data();
}

describe("a panel", () => {
  test("is the same, byte for byte, for the same input and seed, planes included", () => {
    const [a, b] = [drawPanel(shot()), drawPanel(shot())];
    expect(bytes(a.panel).equals(bytes(b.panel))).toBe(true);
    expect(a.planes.map((plane, i) => bytes(plane).equals(bytes(b.planes[i] ?? plane)))).toEqual(a.planes.map(() => true));
  });

  test("changes with the seed, so that a retake is another picture", () => {
    expect(difference(drawPanel(shot()).panel, drawPanel(shot({ seed: 12 })).panel)).toBeGreaterThan(1);
  });

  test("shows who is there: another person is another picture", () => {
    const other = shot({ cast: [{ id: "char_otto", name: "OTTO", look: otto }] });
    expect(difference(drawPanel(shot()).panel, drawPanel(other).panel)).toBeGreaterThan(2);
  });

  test("has the colours of the person in it", () => {
    const { data } = drawPanel(shot()).planes[3]?.getContext("2d").getImageData(0, 0, 1536, 864) ?? { data: [] };
    let red = 0;
    for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 0) > 90 && (data[i] ?? 0) > 1.9 * (data[i + 1] ?? 0) && (data[i + 3] ?? 0) > 200) red++;
    expect(red).toBeGreaterThan(8_000);
  });

  test("tells the times of day apart", () => {
    const pictures = timesOfDay.map((timeOfDay) => drawPanel(shot({ timeOfDay, place: "STREET", setting: "exterior", framing: "wide" })).panel);
    for (const [i, a] of pictures.entries()) for (const b of pictures.slice(i + 1)) expect(difference(a, b)).toBeGreaterThan(6);
  });

  test("is darkest at night and brightest by day", () => {
    const mean = (timeOfDay: PanelInput["timeOfDay"]): number => glance(drawPanel(shot({ timeOfDay, place: "FIELD", setting: "exterior", framing: "wide" })).panel).reduce((sum, v) => sum + v, 0);
    expect(mean("night")).toBeLessThan(mean("evening"));
    expect(mean("evening")).toBeLessThan(mean("day"));
  });

  test("fills the picture with the person the closer the framing is", () => {
    const share = (framing: PanelInput["framing"]): number => {
      const { data } = drawPanel(shot({ framing })).planes[3]?.getContext("2d").getImageData(0, 0, 1536, 864) ?? { data: [] };
      let covered = 0;
      for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 128) covered++;
      return covered;
    };
    const shares = (["extreme-wide", "wide", "full", "medium", "medium-close", "close", "extreme-close"] as const).map(share);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  test("has an opaque plane at the back, at least three planes with something in them, and depths from far to near", () => {
    const drawn = drawPanel(shot());
    expect(drawn.depths).toEqual(drawn.depths.toSorted((a, b) => a - b));
    const filled = drawn.planes.filter((plane) => bytes(plane).some((value, i) => i % 4 === 3 && value > 200));
    expect(filled.length).toBeGreaterThanOrEqual(3);
    expect(drawn.planes[0]?.width).toBe(Math.round(1280 * (1 + 2 * drawn.overscan)));
    expect(bytes(drawn.planes[0] ?? drawn.panel).every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
  });

  // Each kind of place at one aspect, the aspects in turn: what depends on the aspect is the composition, and all kinds share it.
  test("can be drawn of every kind of place at every aspect, and no two kinds look alike", () => {
    const seen = archetypeNames.map((name, i) => {
      const aspect = aspects[i % aspects.length] ?? "16:9";
      const { panel } = drawPanel(shot({ aspect, place: name.replace("-", " "), setting: isInside(name) ? "interior" : "exterior", framing: "wide", timeOfDay: "dusk", cast: [] }));
      expect([panel.width, panel.height], name).toEqual(aspect === "16:9" ? [1280, 720] : aspect === "9:16" ? [720, 1280] : [720, 720]);
      return { name, picture: glance(panel) };
    });
    for (const [i, a] of seen.entries()) for (const b of seen.slice(i + 1)) expect(distance(a.picture, b.picture), `${a.name} and ${b.name}`).toBeGreaterThan(6);
  });

  test("can be drawn in every framing, style and weather, with crowds and with nobody", () => {
    const crowd = Array.from({ length: 12 }, (_, i) => ({ id: `char_${i}`, name: `Person ${i}`, look: i % 2 ? ada : otto }));
    for (const framing of framings) for (const cast of [[], crowd.slice(0, 1), crowd.slice(0, 2), crowd]) drawPanel(shot({ ...square, framing, cast, props: [propNames[framings.indexOf(framing)] ?? "cup"] }));
    for (const style of styles) drawPanel(shot({ ...square, style }));
    for (const weather of weathers) drawPanel(shot({ ...square, weather, setting: "exterior", place: "FOREST" }));
  });

  test("shows each thing that can be drawn as an insert of its own", () => {
    const insert = (prop: string): Canvas => drawPanel(shot({ ...square, framing: "insert", cast: [], description: "", props: [prop] })).panel;
    const plain = insert("coin");
    for (const prop of propNames.filter((name) => name !== "coin")) expect(difference(plain, insert(prop)), prop).toBeGreaterThan(0.3);
  });

  test.each([
    ["nothing", { description: "", place: "", cast: [], setting: null, timeOfDay: null, weather: null }],
    ["5,000 characters", { description: "walks ".repeat(833), place: "x".repeat(2_000) }],
    ["emoji and control characters", { description: "🎬🔥\u0000\u202e", place: "🏠", props: ["🔪", "\n"] }],
    ["a look without sense", { cast: [{ id: "", name: "", look: { ...ada, hair: "red; drop", skin: "#12", top: "", bottom: "url(x)", height: 3 } }] }],
    ["words that are patterns", { description: "(((((a+)+)+)+$ [^", place: "\\b.*" }],
  ] as const)("is drawn from %s", (_, changes) => {
    expect(drawPanel(shot(changes as unknown as Partial<PanelInput>)).panel.width).toBe(1280);
  });
});

describe("a place", () => {
  test.each([
    ["interior", "ADA'S KITCHEN", "kitchen"],
    ["interior", "POLICE STATION - OFFICE", "office"],
    ["exterior", "CITY STREET", "street"],
    ["exterior", "Back alley", "alley"],
    ["interior", "TRAIN COMPARTMENT", "train"],
    ["exterior", "TRAIN STATION", "station"],
    ["interior", "HOSPITAL ROOM", "hospital"],
    ["exterior", "MOUNTAIN PASS", "mountain"],
    ["interior", "OLD CINEMA", "cinema"],
    ["exterior", "HOUSE", "village"],
    ["interior", "SPACESHIP COCKPIT", "spaceship"],
    ["exterior", "Rooftop terrace", "rooftop"],
  ] as const)("%s %s is a set of the kind %s", (setting, place, kind) => {
    expect(archetypeOf({ setting, place: place.toLowerCase(), description: "" }).name).toBe(kind);
  });

  test("that nobody can name is still a room or a landscape", () => {
    expect(archetypeOf({ setting: "interior", place: "qzx", description: "" })).toEqual({ name: "interior", interior: true });
    expect(archetypeOf({ setting: "exterior", place: "qzx", description: "" })).toEqual({ name: "exterior", interior: false });
  });
});
