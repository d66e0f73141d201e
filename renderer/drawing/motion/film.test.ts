import { createCanvas, type Canvas } from "@napi-rs/canvas";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cameraMoves, type CameraMove } from "../../../film/film.ts";
import { clipInput, titleInput } from "../input.ts";
import { encodePng } from "../png.ts";
import { openCard, paintCard } from "../titles/card.ts";
import { filmShot, openShot, paintFrame, type MovingShot } from "./film.ts";
import { eased } from "./path.ts";
import { timecode } from "./slate.ts";

const colors = ["#ff0000", "#00ff00", "#0000ff"] as const;
let dir = "";
let files: { panel: string; planes: string[] } = { panel: "", planes: [] };

/** Three planes with a square each, in the middle but one above the other, so that none hides another. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "dailies-move-"));
  const paint = (color: string, row: number): Canvas => {
    const canvas = createCanvas(1536, 864);
    const ctx = canvas.getContext("2d");
    if (row === 0) {
      ctx.fillStyle = "#000000";
      ctx.fillRect(0, 0, 1536, 864);
    }
    ctx.fillStyle = color;
    ctx.fillRect(728, 202 + row * 190, 80, 80);
    return canvas;
  };
  const save = async (name: string, canvas: Canvas): Promise<string> => {
    await writeFile(join(dir, name), await encodePng(canvas));
    return join(dir, name);
  };
  const planes = await Promise.all(colors.map((color, i) => save(`plane-${i}.png`, paint(color, i))));
  files = { panel: await save("panel.png", createCanvas(1280, 720)), planes };
});

afterAll(() => rm(dir, { recursive: true, force: true }));

async function shotOf(cameraMove: CameraMove, changes: { frames?: number; weather?: "rain" | "snow" | "fog" | "storm"; fine?: boolean; planes?: string[] } = {}): Promise<MovingShot> {
  const input = clipInput.parse({ panel: "x", planes: [], depths: [0, 0.5, 1], overscan: 0.1, cameraMove, frames: changes.frames ?? 120, weather: changes.weather ?? null, seed: 5 });
  return await openShot(input, { panel: files.panel, planes: changes.planes ?? files.planes }, { fine: changes.fine ?? false });
}

/** Where the middle of each marker is, in pixels. */
function markers(shot: MovingShot, frame: number): { x: number; y: number; area: number }[] {
  const canvas = createCanvas(1280, 720);
  paintFrame(canvas.getContext("2d"), { ...shot, vignette: 0, grain: null }, frame);
  const { data } = canvas.getContext("2d").getImageData(0, 0, 1280, 720);
  return colors.map((_, channel) => {
    let [x, y, area] = [0, 0, 0];
    for (let i = 0; i < 1280 * 720; i++) if ((data[i * 4 + channel] ?? 0) > 128 && (data[i * 4 + ((channel + 1) % 3)] ?? 0) < 128) {
      x += i % 1280;
      y += Math.floor(i / 1280);
      area++;
    }
    return { x: x / area, y: y / area, area };
  });
}

const travels: readonly (readonly [CameraMove, "x" | "y", 1 | -1])[] = [
  ["track-left", "x", 1], ["track-right", "x", -1], ["pan-left", "x", 1], ["pan-right", "x", -1], ["tilt-up", "y", 1], ["tilt-down", "y", -1], ["crane-up", "y", 1],
];

test.each(travels)("%s shifts three planes by three different amounts, the nearest most", async (move, axis, direction) => {
  const shot = await shotOf(move);
  const [first, last] = [markers(shot, 0), markers(shot, 119)];
  const shifts = first.map((marker, i) => direction * ((last[i]?.[axis] ?? 0) - marker[axis]));
  expect(shifts[0]).toBeGreaterThan(3);
  expect((shifts[1] ?? 0) - (shifts[0] ?? 0)).toBeGreaterThan(12);
  expect((shifts[2] ?? 0) - (shifts[1] ?? 0)).toBeGreaterThan(12);
});

test("push-in makes the near plane grow more than the far one, and pull-out is the same way back", async () => {
  const [push, pull] = [await shotOf("push-in"), await shotOf("pull-out")];
  const [first, last] = [markers(push, 0), markers(push, 119)];
  const growth = first.map((marker, i) => (last[i]?.area ?? 0) / marker.area);
  expect(growth[0]).toBeGreaterThan(1.05);
  expect(growth[1]).toBeGreaterThan((growth[0] ?? 0) + 0.1);
  expect(growth[2]).toBeGreaterThan((growth[1] ?? 0) + 0.1);
  expect(markers(pull, 119).map((m) => Math.round(m.area))).toEqual(first.map((m) => Math.round(m.area)));
});

test("a static camera does not move, and a hand-held one never rests", async () => {
  const still = await shotOf("static");
  expect(markers(still, 0)).toEqual(markers(still, 119));
  const hand = await shotOf("handheld");
  expect(markers(hand, 10)[2]?.x).not.toBeCloseTo(markers(hand, 20)[2]?.x ?? 0, 0);
  expect(markers(hand, 40)).toEqual(markers(await shotOf("handheld"), 40));
});

test.each(cameraMoves)("%s never shows the edge of a plane", async (move) => {
  const edge = createCanvas(1536, 864);
  const ctx = edge.getContext("2d");
  ctx.fillStyle = "#ffffff";
  ctx.fillRect(0, 0, 1536, 864);
  const file = join(dir, "edge.png");
  await writeFile(file, await encodePng(edge));
  const shot = { ...(await shotOf(move, { planes: [file, file, file] })), vignette: 0 };
  for (const frame of [0, 30, 60, 90, 119]) {
    const canvas = createCanvas(1280, 720);
    paintFrame(canvas.getContext("2d"), shot, frame);
    const pixels = canvas.data();
    const corners = [0, 1279, 1280 * 719, 1280 * 720 - 1].map((i) => pixels[i * 4]);
    expect(corners, `frame ${frame}`).toEqual([255, 255, 255, 255]);
  }
});

test("a picture without planes is panned over, and covers the frame", async () => {
  const file = join(dir, "photo.png");
  const photo = createCanvas(400, 900);
  const ctx = photo.getContext("2d");
  ctx.fillStyle = "#3060a0";
  ctx.fillRect(0, 0, 400, 900);
  ctx.fillStyle = "#ffffff";
  ctx.fillRect(180, 430, 40, 40);
  await writeFile(file, await encodePng(photo));
  const input = clipInput.parse({ panel: "x", cameraMove: "pan-left", frames: 60 });
  const shot = await openShot(input, { panel: file, planes: [] }, { fine: false });
  const at = (frame: number): { x: number; corner: number } => {
    const canvas = createCanvas(1280, 720);
    paintFrame(canvas.getContext("2d"), shot, frame);
    const pixels = canvas.data();
    let [sum, count] = [0, 0];
    for (let i = 0; i < 1280 * 720; i++) if ((pixels[i * 4] ?? 0) > 200) {
      sum += i % 1280;
      count++;
    }
    return { x: sum / count, corner: pixels[2] ?? 0 };
  };
  expect(at(59).x - at(0).x).toBeGreaterThan(60);
  expect([at(0).corner, at(59).corner]).toEqual([0xa0, 0xa0]);
});

test("rain, snow and fog move, the same way each time", async () => {
  for (const weather of ["rain", "snow", "fog", "storm"] as const) {
    const frames = await Promise.all([3, 9].map(async (frame) => {
      const canvas = createCanvas(1280, 720);
      paintFrame(canvas.getContext("2d"), await shotOf("static", { weather }), frame);
      return Buffer.from(canvas.data());
    }));
    const again = createCanvas(1280, 720);
    paintFrame(again.getContext("2d"), await shotOf("static", { weather }), 3);
    expect(frames[0]?.equals(frames[1] ?? Buffer.alloc(0)), weather).toBe(false);
    expect(frames[0]?.equals(again.data()), weather).toBe(true);
  }
});

test.each([1, 7, 25])("a film of %i frames has that many, and the same bytes each time", async (frames) => {
  const film = async (name: string): Promise<{ frames: number; bytes: Buffer }> => {
    const path = join(dir, name);
    const made = await filmShot(await shotOf("push-in", { frames, fine: true }), { path, frames, slate: { shot: "12B", startFrame: 1_000 }, signal: new AbortController().signal, progress: () => {} });
    return { frames: made.frames, bytes: await readFile(path) };
  };
  const [a, b] = [await film("a.mp4"), await film("b.mp4")];
  expect(a.frames).toBe(frames);
  expect(a.bytes.equals(b.bytes)).toBe(true);
});

test("a film that is called off stops at once", async () => {
  const off = new AbortController();
  const shot = await shotOf("static", { frames: 2_000 });
  const made = filmShot(shot, { path: join(dir, "off.mp4"), frames: 2_000, slate: null, signal: off.signal, progress: (percent) => percent > 5 && off.abort(new Error("called off")) });
  await expect(made).rejects.toThrow("called off");
});

test("a file that is no picture is refused in words for people", async () => {
  const path = join(dir, "none.png");
  await writeFile(path, "not a picture");
  await expect(shotOf("static", { planes: [path] })).rejects.toThrow("a picture cannot be read");
});

test("a move starts and stops gently and never goes back", () => {
  const steps = Array.from({ length: 101 }, (_, i) => eased(i / 100));
  expect([steps[0], steps[100]]).toEqual([0, 1]);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect((steps[1] ?? 1) - (steps[0] ?? 0)).toBeLessThan(0.2 * ((steps[51] ?? 1) - (steps[50] ?? 0)));
});

test("timecode counts frames at 24 a second", () => {
  expect([0, 23, 24, 24 * 60, 24 * 3600 + 5].map(timecode)).toEqual(["00:00:00:00", "00:00:00:23", "00:00:01:00", "00:01:00:00", "01:00:00:05"]);
});

test("a card fades from black, shows its words, and fades to black; long and strange titles are set too", async () => {
  const brightness = async (title: string, frame: number): Promise<number> => {
    const card = await openCard(titleInput.parse({ title, subtitle: "Made with AI", role: "ending", frames: 72, style: "noir" }));
    const canvas = createCanvas(1280, 720);
    paintCard(canvas.getContext("2d"), card, frame);
    return canvas.data().reduce((sum, value, i) => (i % 4 === 3 ? sum : Math.max(sum, value)), 0);
  };
  expect(await brightness("The End", 0)).toBeLessThan(40);
  expect(await brightness("The End", 36)).toBeGreaterThan(220);
  expect(await brightness("The End", 71)).toBeLessThan(40);
  for (const title of ["", "🎬", "x".repeat(500), "a\n".repeat(100)]) expect(await brightness(title, 36)).toBeGreaterThan(100);
});
