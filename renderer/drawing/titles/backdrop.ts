import { createCanvas, type Canvas } from "@napi-rs/canvas";
import type { Style } from "../../../film/film.ts";
import { gradeOf, type Rgb } from "../color.ts";
import { lightOf } from "../light.ts";
import { randomOf } from "../random.ts";
import { chance, everywhere, glow, softly, type Context, type Stage, type View } from "../stage.ts";
import { ridge, water } from "../sets/scenery.ts";
import { paintSky } from "../sets/sky.ts";

/** How a style sets its cards. */
export interface CardStyle {
  ink: string;
  soft: string;
  accent: string;
  align: "center" | "left";
  /** Weight of the title's letters, and the tracking in shares of their size. */
  weight: number;
  spacing: number;
  capitals: boolean;
}

export const cardStyles: Record<Style, CardStyle> = {
  cinematic: { ink: "rgb(247,238,222)", soft: "rgba(247,238,222,0.74)", accent: "rgb(232,162,76)", align: "center", weight: 500, spacing: 0.16, capitals: true },
  documentary: { ink: "rgb(240,238,232)", soft: "rgba(240,238,232,0.7)", accent: "rgb(220,84,60)", align: "left", weight: 700, spacing: -0.01, capitals: false },
  anime: { ink: "rgb(255,255,255)", soft: "rgba(255,255,255,0.86)", accent: "rgb(255,214,120)", align: "center", weight: 800, spacing: 0.02, capitals: false },
  noir: { ink: "rgb(238,238,236)", soft: "rgba(238,238,236,0.68)", accent: "rgb(196,36,40)", align: "left", weight: 800, spacing: 0.02, capitals: true },
  comic: { ink: "rgb(255,250,235)", soft: "rgb(26,18,34)", accent: "rgb(26,18,34)", align: "center", weight: 800, spacing: -0.01, capitals: true },
  commercial: { ink: "rgb(28,30,40)", soft: "rgba(28,30,40,0.72)", accent: "rgb(240,96,72)", align: "center", weight: 700, spacing: -0.02, capitals: false },
};

type Painter = (stage: Stage) => void;

function fill(stage: Stage, stops: readonly (readonly [number, string])[]): void {
  const { ctx, view } = stage;
  const [x, y, w, h] = everywhere(view);
  const gradient = ctx.createLinearGradient(x, y, x + w * 0.3, y + h);
  for (const [at, color] of stops) gradient.addColorStop(at, color);
  ctx.fillStyle = gradient;
  ctx.fillRect(x, y, w, h);
}

/** A coast at the last light: sky, far hills, and the sun's path on water. */
const coast: Painter = (stage) => {
  paintSky(stage);
  ridge(stage, { name: "title far", height: 0.16, rough: 0.3, color: [0.3, 0.32, 0.4], distance: 160 });
  ridge(stage, { name: "title", height: 0.08, rough: 0.7, color: [0.16, 0.18, 0.24], distance: 60 });
  water(stage, { top: stage.camera.horizon, bottom: stage.view.height + stage.view.marginY });
  fillOver(stage, "rgba(10,6,16,0.42)");
};

function fillOver(stage: Stage, color: string): void {
  stage.ctx.fillStyle = color;
  stage.ctx.fillRect(...everywhere(stage.view));
}

const painters: Record<Style, Painter> = {
  cinematic: coast,
  anime: (stage) => {
    paintSky(stage);
    ridge(stage, { name: "title", height: 0.2, rough: 0.3, color: [0.36, 0.46, 0.5], distance: 140 });
    ridge(stage, { name: "title near", height: 0.1, rough: 1, color: [0.2, 0.34, 0.28], distance: 50 });
    water(stage, { top: stage.camera.horizon, bottom: stage.view.height + stage.view.marginY });
    fillOver(stage, "rgba(30,20,70,0.2)");
  },
  documentary: (stage) => {
    fill(stage, [[0, "rgb(38,42,46)"], [1, "rgb(18,20,22)"]]);
    const { ctx, view } = stage;
    ctx.strokeStyle = "rgba(255,255,255,0.1)";
    ctx.lineWidth = 1;
    const random = chance(stage, "contours");
    // Contour lines, as on a map of somewhere.
    for (let ring = 1; ring < 16; ring++) {
      ctx.beginPath();
      for (let i = 0; i <= 90; i++) {
        const a = (i / 90) * Math.PI * 2;
        const r = ring * view.height * 0.075 * (1 + 0.16 * Math.sin(a * 3 + ring * 0.22) + 0.09 * Math.sin(a * 5 - ring * 0.3));
        ctx.lineTo(view.width * 0.78 + Math.cos(a) * r * 1.2, view.height * 0.36 + Math.sin(a) * r);
      }
      ctx.stroke();
    }
    for (let i = 0; i < 5; i++) glow(stage, { x: random() * view.width, y: random() * view.height }, view.height * 0.5, [0.3, 0.32, 0.34], 0.12);
  },
  noir: (stage) => {
    fill(stage, [[0, "rgb(30,30,33)"], [0.6, "rgb(14,14,16)"], [1, "rgb(6,6,8)"]]);
    const { view } = stage;
    // A street lamp through blinds.
    softly(stage, { blur: 6, mode: "screen" }, ({ ctx }) => {
      for (let i = 0; i < 11; i++) {
        const y = view.height * (0.02 + i * 0.085);
        const slat = ctx.createLinearGradient(view.width * 0.34, 0, view.width * 1.02, 0);
        slat.addColorStop(0, "rgba(190,196,205,0)");
        slat.addColorStop(0.4, "rgba(190,196,205,0.22)");
        slat.addColorStop(1, "rgba(190,196,205,0.05)");
        ctx.fillStyle = slat;
        ctx.beginPath();
        ctx.moveTo(view.width * 0.36, y + view.height * 0.1);
        ctx.lineTo(view.width * 1.1, y);
        ctx.lineTo(view.width * 1.1, y + view.height * 0.04);
        ctx.lineTo(view.width * 0.36, y + view.height * 0.13);
        ctx.fill();
      }
    });
  },
  comic: (stage) => {
    fill(stage, [[0, "rgb(255,196,64)"], [1, "rgb(240,96,58)"]]);
    const { ctx, view } = stage;
    const [x, y] = [view.width / 2, view.height * 0.5];
    const reach = Math.hypot(view.width, view.height);
    for (let i = 0; i < 26; i++) {
      const a = (i / 26) * Math.PI * 2;
      ctx.fillStyle = i % 2 ? "rgba(255,226,120,0.9)" : "rgba(236,78,58,0.16)";
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(x + Math.cos(a) * reach, y + Math.sin(a) * reach);
      ctx.lineTo(x + Math.cos(a + 0.12) * reach, y + Math.sin(a + 0.12) * reach);
      ctx.fill();
    }
    ctx.fillStyle = "rgba(190,40,60,0.42)";
    for (let row = -8; row < 90; row++) for (let k = -8; k < 130; k++) {
      const [px, py] = [k * 16 + (row % 2) * 8, row * 14];
      const edge = Math.hypot((px - x) / view.width, (py - y) / view.height);
      const r = Math.min(7, Math.max(0, (edge - 0.3) * 15));
      if (r < 0.8) continue;
      ctx.beginPath();
      ctx.arc(px, py, r, 0, Math.PI * 2);
      ctx.fill();
    }
  },
  commercial: (stage) => {
    fill(stage, [[0, "rgb(255,250,243)"], [1, "rgb(250,232,220)"]]);
    const { ctx, view } = stage;
    const discs: readonly (readonly [number, number, number, string])[] = [[0.1, 0.98, 0.5, "rgba(240,96,72,0.9)"], [0.96, 0.02, 0.42, "rgba(72,132,240,0.85)"], [0.86, 0.94, 0.2, "rgba(255,198,74,0.95)"]];
    for (const [dx, dy, r, color] of discs) {
      ctx.fillStyle = color;
      ctx.beginPath();
      ctx.arc(view.width * dx, view.height * dy, Math.min(view.width, view.height) * r, 0, Math.PI * 2);
      ctx.fill();
    }
  },
};

/** The picture behind a title, larger than the frame by the view's margins, so that it can drift. */
export function paintBackdrop(input: { view: View; style: Style; seed: number; ending: boolean }): Canvas {
  const { view } = input;
  const canvas = createCanvas(view.width + 2 * view.marginX, view.height + 2 * view.marginY);
  const ctx: Context = canvas.getContext("2d");
  ctx.translate(view.marginX, view.marginY);
  const random = randomOf(input.seed, "card");
  const light = lightOf({ time: input.ending ? "evening" : input.style === "anime" ? "morning" : "dusk", weather: "clear", interior: false, lamplit: false, side: random() < 0.5 ? -1 : 1, discX: random.between(-0.5, 0.5) });
  const stage: Stage = { ctx, view, light, grade: gradeOf(input.style), style: input.style, seed: input.seed, camera: { focal: view.height * 1.3, centerX: view.width / 2, horizon: view.height * 0.72, height: 2, subject: 10 } };
  painters[input.style](stage);
  if (input.style !== "commercial" && input.style !== "comic") darkEdges(ctx, view);
  return canvas;
}

const edgeColor: Rgb = [0.02, 0.015, 0.03];

function darkEdges(ctx: Context, view: View): void {
  const radius = Math.hypot(view.width, view.height) / 2;
  const [r, g, b] = edgeColor.map((v) => Math.round(v * 255));
  const shade = ctx.createRadialGradient(view.width / 2, view.height / 2, radius * 0.35, view.width / 2, view.height / 2, radius * 1.15);
  shade.addColorStop(0, `rgba(${r},${g},${b},0)`);
  shade.addColorStop(1, `rgba(${r},${g},${b},0.72)`);
  ctx.fillStyle = shade;
  ctx.fillRect(...everywhere(view));
}
