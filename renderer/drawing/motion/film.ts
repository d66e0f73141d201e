import { createCanvas, type Canvas } from "@napi-rs/canvas";
import { openVideoEncoder } from "../../media/encode.ts";
import { viewOf } from "../compose.ts";
import type { ClipInput } from "../input.ts";
import { grainTile } from "../finish.ts";
import { randomOf } from "../random.ts";
import type { Context, View } from "../stage.ts";
import { movingWeather, type MovingWeather } from "./falling.ts";
import { cameraPath, type CameraPath } from "./path.ts";
import { coverPlane, drawPlane, openPicture, preparePlanes, vignetteOf, type MovingPlane } from "./planes.ts";
import { paintSlate } from "./slate.ts";

/** A set whose nearest plane is not quite at the lens is a room: its weather is behind the windows, not in it. */
const OPEN_AIR_DEPTH = 1;
/** Enough to keep flat gradients from banding, and little enough that the encoder need not pay for it: stronger grain is two thirds of a film's size. */
const GRAIN = 0.014;
/** How fine a clip and a move are encoded. */
const CRF = { fine: 19, draft: 21 } as const;

/** Everything that a shot's frames are painted from. */
export interface MovingShot {
  view: View;
  planes: MovingPlane[];
  lone: boolean;
  path: CameraPath;
  weather: MovingWeather | null;
  open: boolean;
  vignette: number;
  /** Finer: smoother filtering, breath, flicker and grain. */
  fine: boolean;
  seed: number;
  grain: Canvas | null;
}

/** Opens the pictures and chooses the camera's way. `files` are local: the panel, and its planes from far to near. */
export async function openShot(input: Omit<ClipInput, "panel" | "planes">, files: { panel: string; planes: readonly string[] }, options: { fine: boolean }): Promise<MovingShot> {
  const view = viewOf(input.aspect);
  view.marginX = Math.round(view.width * (files.planes.length > 0 ? input.overscan : 0.1));
  view.marginY = Math.round(view.height * (files.planes.length > 0 ? input.overscan : 0.1));
  const panel = await openPicture(files.panel);
  const images = await Promise.all(files.planes.map(openPicture));
  const lone = images.length === 0;
  const planes = lone ? [coverPlane(panel, view)] : preparePlanes(images, { depths: input.depths, overscan: input.overscan, view });
  const shot: MovingShot = {
    view,
    planes,
    lone,
    path: cameraPath({ move: input.cameraMove, frames: input.frames, seed: input.seed }),
    // A picture that somebody brought has its own weather in it.
    weather: lone ? null : movingWeather({ weather: input.weather, time: input.timeOfDay, view, seed: input.seed }),
    open: (input.depths.at(-1) ?? 1) >= OPEN_AIR_DEPTH,
    vignette: 0,
    fine: options.fine,
    seed: input.seed,
    grain: options.fine && !lone ? grainTile(input.seed, GRAIN) : null,
  };
  if (!lone) shot.vignette = vignetteOf(panel, atRest(shot));
  return shot;
}

/** The bare planes as they lie when the camera has not moved. */
function atRest(shot: MovingShot): Canvas {
  const canvas = createCanvas(shot.view.width, shot.view.height);
  const ctx = canvas.getContext("2d");
  const still = cameraPath({ move: "static", frames: 1, seed: 0 });
  for (const plane of shot.planes) drawPlane(ctx, plane, { frame: 0, path: still, view: shot.view, lone: shot.lone });
  return canvas;
}

/** Paints one frame of a shot. */
export function paintFrame(ctx: Context, shot: MovingShot, frame: number): void {
  const { view, planes, weather } = shot;
  ctx.imageSmoothingQuality = shot.fine ? "high" : "low";
  const mid = shot.open ? 2 : 1;
  planes.forEach((plane, i) => {
    if (weather && i === Math.min(mid, planes.length - 1)) weather.paint(ctx, frame, "behind");
    drawPlane(ctx, plane, { frame, path: shot.path, view, lone: shot.lone, ...(shot.fine ? { sway: breath(shot, plane, frame) } : {}) });
  });
  if (weather && shot.open) weather.paint(ctx, frame, "before");
  if (shot.vignette > 0.02) vignette(ctx, view, shot.vignette);
  if (shot.fine && !shot.lone) life(ctx, shot, frame);
}

function vignette(ctx: Context, view: View, strength: number): void {
  const radius = Math.hypot(view.width, view.height) / 2;
  const shade = ctx.createRadialGradient(view.width / 2, view.height * 0.48, radius * 0.45, view.width / 2, view.height * 0.48, radius * 1.08);
  shade.addColorStop(0, "rgba(6,4,10,0)");
  shade.addColorStop(1, `rgba(5,4,10,${strength.toFixed(3)})`);
  ctx.fillStyle = shade;
  ctx.fillRect(0, 0, view.width, view.height);
}

/** Figures breathe: their plane sways by a pixel or so, never enough to see as a shift. */
function breath(shot: MovingShot, plane: MovingPlane, frame: number): { x: number; y: number } {
  if (plane.depth < 0.6 || plane.depth > 0.9) return { x: 0, y: 0 };
  const size = shot.view.height / 720;
  return { x: Math.sin(frame / 41) * 0.8 * size, y: Math.sin(frame / 17) * 1.1 * size };
}

/** Light that is never quite still, and the grain of film. */
function life(ctx: Context, shot: MovingShot, frame: number): void {
  const { view } = shot;
  const random = randomOf(shot.seed, "life", frame);
  const flicker = 0.012 + 0.012 * Math.sin(frame / 5.3) * Math.sin(frame / 13.1);
  ctx.fillStyle = `rgba(255,214,150,${Math.max(0, flicker).toFixed(4)})`;
  ctx.fillRect(0, 0, view.width, view.height);
  if (!shot.grain) return;
  const [dx, dy] = [Math.floor(random() * shot.grain.width), Math.floor(random() * shot.grain.height)];
  ctx.save();
  ctx.translate(-dx, -dy);
  ctx.fillStyle = ctx.createPattern(shot.grain, "repeat") ?? "transparent";
  ctx.fillRect(dx, dy, view.width, view.height);
  ctx.restore();
}

export interface FilmOptions {
  path: string;
  frames: number;
  slate: { shot: string; startFrame: number } | null;
  signal: AbortSignal;
  progress(percent: number, step: string): void;
}

/** Paints and encodes every frame. While one is being encoded, the next is painted. */
export async function filmShot(shot: MovingShot, options: FilmOptions): Promise<{ frames: number }> {
  return await filmFrames({ view: shot.view, crf: shot.fine ? CRF.fine : CRF.draft }, options, (ctx, frame) => {
    paintFrame(ctx, shot, frame);
    if (options.slate) paintSlate(ctx, shot.view, { shot: options.slate.shot, frame: options.slate.startFrame + frame });
  });
}

/** Encodes so many frames, each painted by `paint` on a canvas that still shows the one before. */
export async function filmFrames(size: { view: View; crf: number }, options: Omit<FilmOptions, "slate">, paint: (ctx: Context, frame: number) => void): Promise<{ frames: number }> {
  const { width, height } = size.view;
  const encoder = await openVideoEncoder({ path: options.path, width, height, crf: size.crf });
  const canvas = createCanvas(width, height);
  const ctx = canvas.getContext("2d");
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let frame = 0; frame < options.frames; frame++) {
      options.signal.throwIfAborted();
      paint(ctx, frame);
      const pixels = canvas.data();
      await writing;
      writing = encoder.write(pixels);
      // A failure is met at the next await; until then it must not count as unhandled.
      writing.catch(() => {});
      if (frame % 12 === 0) options.progress(5 + (90 * frame) / options.frames, "filming");
    }
    await writing;
    return await encoder.close();
  } catch (error) {
    await writing.catch(() => {});
    await encoder.abandon();
    throw error;
  }
}
