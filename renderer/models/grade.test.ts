import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lookNames } from "../grading/looks.ts";
import { openVideoEncoder } from "../media/encode.ts";
import { VideoSampler } from "../media/sample.ts";
import { runModel, testDir, urlOf } from "../testing/run.ts";
import { cut } from "./cut.ts";
import { grade } from "./grade.ts";

const place = testDir();
afterAll(place.remove);
const file = (name: string): string => join(place.dir, name);

/** Patches of the clip, in rows of four. */
const patches = ["#000000", "#404040", "#808080", "#ffffff", "#c03030", "#30c030", "#3030c0", "#e0b090", "#c0c030", "#30c0c0", "#c030c0", "#203040"];
type Color = [number, number, number];
const own = patches.map((hex): Color => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Color);

beforeAll(async () => {
  const canvas = createCanvas(1280, 720);
  const context = canvas.getContext("2d");
  for (const [n, color] of patches.entries()) {
    context.fillStyle = color;
    context.fillRect((n % 4) * 320, Math.floor(n / 4) * 240, 320, 240);
  }
  const encoder = await openVideoEncoder({ path: file("patches.mp4"), width: 1280, height: 720, crf: 10 });
  for (let n = 0; n < 10; n += 1) await encoder.write(canvas.data());
  await encoder.close();
});

/** What the patches look like in a video. */
async function seen(path: string): Promise<Color[]> {
  const sampler = await VideoSampler.open(path);
  const { rgba } = await sampler.pictureAt(0.2, { width: 1280, height: 720 });
  await sampler.close();
  return patches.map((_, n) => {
    const at = 4 * ((Math.floor(n / 4) * 240 + 120) * 1280 + (n % 4) * 320 + 160);
    return [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0];
  });
}

const graded = async (how: object) => {
  const run = await runModel(grade, { video: urlOf(file("patches.mp4")), ...how } as never, place.dir);
  return { run, colors: await seen(run.path("video")) };
};

const farthest = (a: Color[], b: Color[]): number => Math.max(...a.flatMap((color, n) => color.map((part, channel) => Math.abs(part - (b[n]?.[channel] ?? 0)))));

function cube(size: number, change: (r: number, g: number, b: number) => number[], head = ""): string {
  const lines = [`TITLE "test"`, head, `LUT_3D_SIZE ${size}`];
  for (let n = 0; n < size ** 3; n += 1) lines.push(change((n % size) / (size - 1), (Math.floor(n / size) % size) / (size - 1), Math.floor(n / size ** 2) / (size - 1)).join(" "));
  return lines.join("\n");
}

const withLut = async (text: string, how: object = {}) => {
  writeFileSync(file("look.cube"), text);
  return graded({ lut: urlOf(file("look.cube")), ...how });
};

describe("a look", () => {
  test("of none leaves every colour as it is, and a cut copies what comes out", async () => {
    const { run, colors } = await graded({});
    expect(farthest(colors, await seen(file("patches.mp4")))).toBeLessThanOrEqual(2);
    expect(run.output).toMatchObject({ frames: 10, seconds: 10 / 24 });
    const film = await runModel(cut, { aspect: "16:9", entries: [{ video: urlOf(run.path("video")), frames: 10 }] }, place.dir);
    expect(film.logs).toContain("frames copied 10, encoded 0");
  });

  test.each(lookNames.filter((name) => name !== "none"))("(%s) is another picture, with black still dark and light still the lightest", async (look) => {
    const { colors } = await graded({ look });
    expect(farthest(colors, own)).toBeGreaterThan(20);
    const light = colors.map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b);
    expect([(light[0] ?? 255) < 35, Math.max(...light) === light[3], (light[0] ?? 0) <= (light[1] ?? 0), (light[1] ?? 0) < (light[2] ?? 0)]).toEqual([true, true, true, true]);
  });

  test("does what its name says: noir has no colour, warm is warmer, cold colder, night darker", async () => {
    const [noir, warm, cold, night] = await Promise.all(["noir", "warm", "cold", "day-for-night"].map(async (look) => (await graded({ look })).colors));
    const redness = (colors: Color[] | undefined): number => (colors?.[2]?.[0] ?? 0) - (colors?.[2]?.[2] ?? 0);
    expect(Math.max(...(noir ?? []).map((color) => Math.max(...color) - Math.min(...color)))).toBeLessThanOrEqual(4);
    expect([redness(warm) > 10, redness(cold) < -10, (night?.[3]?.[1] ?? 255) < 150]).toEqual([true, true, true]);
  });

  test("at half its strength is halfway, and at none of it nothing", async () => {
    const [none, half, whole] = await Promise.all([0, 0.5, 1].map(async (strength) => (await graded({ look: "faded", strength })).colors));
    expect(farthest(none ?? [], own)).toBeLessThanOrEqual(4);
    expect(farthest(half ?? [], own.map((color, n) => color.map((part, channel) => (part + (whole?.[n]?.[channel] ?? 0)) / 2) as Color))).toBeLessThanOrEqual(5);
  });

  test("is the same bytes each time, in a folder of any name", async () => {
    const odd = file("a:b, c's [d];e");
    mkdirSync(odd);
    const runs = [];
    for (const dir of [place.dir, odd]) runs.push(readFileSync((await runModel(grade, { video: urlOf(file("patches.mp4")), look: "noir" }, dir)).path("video")));
    expect(runs[0]?.equals(runs[1] ?? Buffer.alloc(0))).toBe(true);
  });
});

describe("a LUT", () => {
  test("changes colours as it says: red runs fastest", async () => {
    const { colors } = await withLut(cube(17, (r, g, b) => [b, r, g]));
    expect(farthest(colors, own.map(([r, g, b]) => [b, r, g]))).toBeLessThanOrEqual(5);
  });

  test("may be three curves, and have a domain of its own", async () => {
    const { colors } = await withLut(`# curves\r\nLUT_1D_SIZE 2\r\nDOMAIN_MIN 0 0 0\r\nDOMAIN_MAX 2 2 2\r\n1 1 1\r\n0 0 0\r\n`);
    expect(farthest(colors, own.map((color) => color.map((part) => 255 - part / 2) as Color))).toBeLessThanOrEqual(5);
  });

  test("comes before the look", async () => {
    const { colors } = await withLut(cube(2, () => [1, 0, 0]), { look: "noir" });
    expect(Math.max(...colors.map((color) => Math.max(...color) - Math.min(...color)))).toBeLessThanOrEqual(4);
  });

  test.each([
    ["nothing", "", "the LUT is no .cube file: its size"],
    ["a page", "<html>404</html>", "the LUT is no .cube file: line 1"],
    ["too few colours", "LUT_3D_SIZE 2\n0 0 0\n1 1 1\n", "the LUT is incomplete: it has 2 colours where 8 are needed"],
    ["a size without end", "LUT_3D_SIZE 100000\n", "the LUT is no .cube file: its size has to be from 2 to 129"],
    ["what is no number", "LUT_3D_SIZE 2\n0 0 x\n", "the LUT is no .cube file: line 2"],
    ["an empty domain", cube(2, (r, g, b) => [r, g, b], "DOMAIN_MIN 1 1 1\nDOMAIN_MAX 1 1 1"), "the LUT's domain is empty"],
  ])("of %s is refused with a sentence", async (_, text, message) => {
    await expect(withLut(text)).rejects.toMatchObject({ name: "InputError", message: expect.stringContaining(message) });
  });
});

test("a picture, a page and a cancelled order make no video", async () => {
  writeFileSync(file("still.png"), createCanvas(64, 64).toBuffer("image/png"));
  writeFileSync(file("page.mp4"), "<html></html>");
  await expect(runModel(grade, { video: urlOf(file("still.png")) }, place.dir)).rejects.toMatchObject({ name: "InputError", message: "the file is a picture, not a video" });
  await expect(runModel(grade, { video: urlOf(file("page.mp4")) }, place.dir)).rejects.toMatchObject({ name: "InputError" });
  await expect(runModel(grade, { video: urlOf(file("patches.mp4")) }, place.dir, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
  for (const wrong of [{ look: "sepia" }, { strength: 1.1 }, { lut: "file:///etc/passwd" }]) expect(grade.input.safeParse({ video: "https://files.example/a", ...wrong }).success).toBe(false);
});
