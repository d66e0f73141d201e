import { createCanvas, type Canvas, type SKRSContext2D } from "@napi-rs/canvas";
import type { Style } from "../../film/film.ts";
import { css, type Grade, type Rgb } from "./color.ts";
import type { Light } from "./light.ts";
import { randomOf, type Random } from "./random.ts";

export type Context = SKRSContext2D;

/** The visible picture in pixels, and how far every plane is painted beyond each edge. */
export interface View {
  width: number;
  height: number;
  marginX: number;
  marginY: number;
}

/** A pin-hole camera that looks along z; x to the right, y up from the ground, all in metres. */
export interface Camera {
  /** Focal length in pixels. */
  focal: number;
  /** Where the optical axis and the horizon meet the picture, in pixels. */
  centerX: number;
  horizon: number;
  /** Metres above the ground. */
  height: number;
  /** Distance of the subject in metres. */
  subject: number;
}

/** Everything that a drawing function needs: where it paints, through which camera, in which light. */
export interface Stage {
  ctx: Context;
  view: View;
  camera: Camera;
  light: Light;
  grade: Grade;
  style: Style;
  seed: number;
  /** Window panes of a room at night, in pixels: light inside does not lie on them. */
  panes?: readonly { x: number; y: number; width: number; height: number }[];
}

export interface Point {
  x: number;
  y: number;
}

/** Where a point of the world falls in the picture, and how many pixels a metre has there. */
export function project(camera: Camera, x: number, y: number, z: number): Point & { scale: number } {
  const scale = camera.focal / Math.max(z, 0.25);
  return { x: camera.centerX + x * scale, y: camera.horizon + (camera.height - y) * scale, scale };
}

/** Half of the width that the camera sees at a distance, in metres. */
export function halfWidthAt(stage: Stage, z: number): number {
  return ((stage.view.width / 2) * z) / stage.camera.focal;
}

/** An empty plane: the picture and its margins, with the origin at the picture's top left corner. */
export function createPlane(view: View): { canvas: Canvas; ctx: Context } {
  const canvas = createCanvas(Math.round(view.width + 2 * view.marginX), Math.round(view.height + 2 * view.marginY));
  const ctx = canvas.getContext("2d");
  ctx.translate(view.marginX, view.marginY);
  return { canvas, ctx };
}

/** The style's colour, as CSS. */
export function ink(stage: Stage, color: Rgb, alpha = 1): string {
  return css(stage.grade(color), alpha);
}

/** A stream of chance for one thing of this picture. */
export function chance(stage: Stage, ...words: (string | number)[]): Random {
  return randomOf(stage.seed, ...words);
}

/** Adds a closed polygon to the path. */
export function trace(ctx: Context, points: readonly Point[]): void {
  ctx.beginPath();
  points.forEach((p, i) => (i === 0 ? ctx.moveTo(p.x, p.y) : ctx.lineTo(p.x, p.y)));
  ctx.closePath();
}

export interface GradientStop {
  at: number;
  color: Rgb;
  alpha?: number;
}

export function linear(stage: Stage, from: Point, to: Point, stops: readonly GradientStop[]): CanvasGradient {
  const gradient = stage.ctx.createLinearGradient(from.x, from.y, to.x, to.y);
  for (const stop of stops) gradient.addColorStop(stop.at, ink(stage, stop.color, stop.alpha ?? 1));
  return gradient;
}

export function radial(stage: Stage, center: Point, radius: number, stops: readonly GradientStop[]): CanvasGradient {
  const gradient = stage.ctx.createRadialGradient(center.x, center.y, 0, center.x, center.y, Math.max(radius, 0.01));
  for (const stop of stops) gradient.addColorStop(stop.at, ink(stage, stop.color, stop.alpha ?? 1));
  return gradient;
}

/** The whole plane as a rectangle, margins included. */
export function everywhere(view: View): [number, number, number, number] {
  return [-view.marginX, -view.marginY, view.width + 2 * view.marginX, view.height + 2 * view.marginY];
}

/** A soft pool of light or dark. */
export function glow(stage: Stage, center: Point, radius: number, color: Rgb, alpha: number): void {
  const { ctx } = stage;
  ctx.save();
  if (stage.panes) {
    ctx.beginPath();
    ctx.rect(...everywhere(stage.view));
    for (const pane of stage.panes) ctx.rect(pane.x, pane.y, pane.width, pane.height);
    ctx.clip("evenodd");
  }
  ctx.globalCompositeOperation = "screen";
  ctx.fillStyle = radial(stage, center, radius, [
    { at: 0, color, alpha },
    { at: 0.35, color, alpha: alpha * 0.42 },
    { at: 1, color, alpha: 0 },
  ]);
  ctx.fillRect(center.x - radius, center.y - radius, radius * 2, radius * 2);
  ctx.restore();
}

/** Soft things are painted this much smaller: a blur hides it, and costs a ninth. */
const SOFT_SHRINK = 3;

/** Paints things out of focus, all in one layer, and lays it over the plane. */
export function softly(stage: Stage, input: { blur: number; mode?: GlobalCompositeOperation }, paint: (soft: Stage) => void): void {
  const { view, ctx } = stage;
  const [x, y, width, height] = everywhere(view);
  const small = createCanvas(Math.ceil(width / SOFT_SHRINK), Math.ceil(height / SOFT_SHRINK));
  const layer = small.getContext("2d");
  layer.scale(1 / SOFT_SHRINK, 1 / SOFT_SHRINK);
  layer.translate(-x, -y);
  paint({ ...stage, ctx: layer });
  ctx.save();
  if (input.mode) ctx.globalCompositeOperation = input.mode;
  ctx.drawImage(blurredCopy(small, input.blur / SOFT_SHRINK), x, y, width, height);
  ctx.restore();
}

/** The canvas again through a blur of that many pixels. */
export function blurredCopy(source: Canvas, pixels: number): Canvas {
  const canvas = createCanvas(source.width, source.height);
  const ctx = canvas.getContext("2d");
  if (pixels > 0.2) ctx.filter = `blur(${pixels.toFixed(2)}px)`;
  ctx.drawImage(source, 0, 0);
  return canvas;
}
