import { createCanvas, type Canvas } from "@napi-rs/canvas";
import type { Style } from "../../film/film.ts";
import { css, type Rgb } from "./color.ts";
import { randomOf } from "./random.ts";
import { everywhere, linear, type Context, type Stage, type View } from "./stage.ts";

/** How each style ends: darkness at the edges, grain, and whether shapes are outlined in ink. */
const finishes: Record<Style, { vignette: number; grain: number; outline: number; halftone: number; bloom: number }> = {
  cinematic: { vignette: 0.42, grain: 0, outline: 0, halftone: 0, bloom: 0.22 },
  documentary: { vignette: 0.22, grain: 0.06, outline: 0, halftone: 0, bloom: 0 },
  anime: { vignette: 0.14, grain: 0, outline: 1.6, halftone: 0, bloom: 0.26 },
  noir: { vignette: 0.6, grain: 0.07, outline: 0, halftone: 0, bloom: 0.2 },
  comic: { vignette: 0.12, grain: 0, outline: 2.8, halftone: 0.2, bloom: 0 },
  commercial: { vignette: 0.06, grain: 0, outline: 0, halftone: 0, bloom: 0.2 },
};

/** Draws an ink line around everything in a plane, where the style has one. */
export function outline(plane: Canvas, style: Style): void {
  const width = finishes[style].outline;
  if (width === 0) return;
  const { width: w, height: h } = plane;
  const dark = createCanvas(w, h);
  const d = dark.getContext("2d");
  for (const [dx, dy] of [[-1, 0], [1, 0], [0, -1], [0, 1], [-0.7, -0.7], [0.7, 0.7], [-0.7, 0.7], [0.7, -0.7]] as const) d.drawImage(plane, dx * width, dy * width);
  d.globalCompositeOperation = "source-in";
  d.fillStyle = style === "comic" ? "rgb(14,10,18)" : "rgba(48,32,50,0.85)";
  d.fillRect(0, 0, w, h);
  const ctx = plane.getContext("2d");
  ctx.save();
  ctx.resetTransform();
  ctx.globalCompositeOperation = "destination-over";
  ctx.drawImage(dark, 0, 0);
  ctx.restore();
}

/** Screen dots over the shaded parts of a plane, as in printed comics. */
export function halftone(stage: Stage): void {
  const strength = finishes[stage.style].halftone;
  if (strength === 0) return;
  const { ctx, view } = stage;
  const tile = createCanvas(8, 8);
  const t = tile.getContext("2d");
  t.fillStyle = `rgba(20,10,40,${strength})`;
  for (const [x, y] of [[2, 2], [6, 6]] as const) {
    t.beginPath();
    t.arc(x, y, 1.5, 0, Math.PI * 2);
    t.fill();
  }
  const dots = ctx.createPattern(tile, "repeat") ?? "transparent";
  ctx.save();
  ctx.globalCompositeOperation = "multiply";
  ctx.fillStyle = dots;
  ctx.fillRect(...everywhere(view));
  ctx.restore();
}

/** The colour that the light leaves in the air at the picture's far side, painted over a plane's own pixels. */
export function wash(stage: Stage): void {
  const { ctx, view, light } = stage;
  ctx.save();
  ctx.globalCompositeOperation = "source-atop";
  const [x, y, w, h] = everywhere(view);
  const from = { x: light.side < 0 ? x : x + w, y };
  const to = { x: light.side < 0 ? x + w : x, y: y + h };
  const glowColor: Rgb = light.interior ? light.key : light.sky[2];
  ctx.fillStyle = linear(stage, from, to, [
    { at: 0, color: glowColor, alpha: 0.16 },
    { at: 0.5, color: glowColor, alpha: 0 },
    { at: 1, color: [0.02, 0.01, 0.05], alpha: 0.2 },
  ]);
  ctx.fillRect(x, y, w, h);
  ctx.restore();
}

/** Darkens the picture's edges. */
export function vignette(ctx: Context, view: View, style: Style): void {
  const { vignette: strength } = finishes[style];
  const radius = Math.hypot(view.width, view.height) / 2;
  const shade = ctx.createRadialGradient(view.width / 2, view.height * 0.48, radius * 0.45, view.width / 2, view.height * 0.48, radius * 1.08);
  shade.addColorStop(0, "rgba(6,4,10,0)");
  shade.addColorStop(1, css([0.02, 0.015, 0.04], strength));
  ctx.fillStyle = shade;
  ctx.fillRect(0, 0, view.width, view.height);
}

/** A tile of film grain: grey noise around the middle, for overlay. */
export function grainTile(seed: number, strength: number): Canvas {
  const size = 192;
  const canvas = createCanvas(size, size);
  const ctx = canvas.getContext("2d");
  const image = ctx.createImageData(size, size);
  const random = randomOf(seed, "grain");
  for (let i = 0; i < size * size; i++) {
    const v = random() + random() - 1;
    const byte = v > 0 ? 255 : 0;
    image.data[i * 4] = byte;
    image.data[i * 4 + 1] = byte;
    image.data[i * 4 + 2] = byte;
    image.data[i * 4 + 3] = Math.abs(v) * strength * 255;
  }
  ctx.putImageData(image, 0, 0);
  return canvas;
}

export function grain(ctx: Context, view: View, input: { style: Style; seed: number }): void {
  const { grain: strength } = finishes[input.style];
  if (strength === 0) return;
  ctx.fillStyle = ctx.createPattern(grainTile(input.seed, strength), "repeat") ?? "transparent";
  ctx.fillRect(0, 0, view.width, view.height);
}

/** Lights bleed softly into what surrounds them. */
export function bloom(ctx: Context, canvas: Canvas, style: Style): void {
  const { bloom: strength } = finishes[style];
  if (strength === 0) return;
  const small = createCanvas(Math.round(canvas.width / 6), Math.round(canvas.height / 6));
  const s = small.getContext("2d");
  s.filter = "brightness(0.72) contrast(1.9) blur(4px)";
  s.drawImage(canvas, 0, 0, small.width, small.height);
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  ctx.globalAlpha = strength;
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(small, 0, 0, canvas.width, canvas.height);
  ctx.restore();
}
