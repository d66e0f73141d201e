import { scale, type Rgb } from "../color.ts";
import { smoothPath } from "../figures/shape.ts";
import type { PropBrush } from "./paint.ts";

type Points = readonly (readonly [number, number])[];

export function outline(brush: PropBrush, points: Points, color: Rgb): void {
  const { ctx } = brush;
  ctx.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.closePath();
  ctx.fillStyle = brush.tint(color);
  ctx.fill();
}

export function smooth(brush: PropBrush, points: Points, color: Rgb): void {
  smoothPath(brush.ctx, points);
  brush.ctx.fillStyle = brush.tint(color);
  brush.ctx.fill();
}

/** A rounded box with a sheen from the upper left. */
export function plate(brush: PropBrush, box: readonly [x: number, y: number, w: number, h: number], color: Rgb, radius = 0.05): void {
  const { ctx } = brush;
  const [x, y, w, h] = box;
  const sheen = ctx.createLinearGradient(x, y, x + w, y + h);
  sheen.addColorStop(0, brush.tint(scale(color, 1.18)));
  sheen.addColorStop(0.55, brush.tint(color));
  sheen.addColorStop(1, brush.tint(scale(color, 0.68)));
  ctx.fillStyle = sheen;
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, radius);
  ctx.fill();
}

/** A cylinder seen from the side: dark edges, a light stripe. */
export function tube(brush: PropBrush, box: readonly [x: number, y: number, w: number, h: number], color: Rgb, radius = 0.04): void {
  const { ctx } = brush;
  const [x, y, w, h] = box;
  const round = ctx.createLinearGradient(x, 0, x + w, 0);
  round.addColorStop(0, brush.tint(scale(color, 0.62)));
  round.addColorStop(0.3, brush.tint(scale(color, 1.28)));
  round.addColorStop(0.6, brush.tint(color));
  round.addColorStop(1, brush.tint(scale(color, 0.5)));
  ctx.fillStyle = round;
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, radius);
  ctx.fill();
}

export function oval(brush: PropBrush, at: readonly [x: number, y: number, rx: number, ry: number], color: Rgb): void {
  const { ctx } = brush;
  const [x, y, rx, ry] = at;
  const ball = ctx.createRadialGradient(x - rx * 0.35, y - ry * 0.4, 0, x, y, Math.max(rx, ry) * 1.15);
  ball.addColorStop(0, brush.tint(scale(color, 1.25)));
  ball.addColorStop(0.6, brush.tint(color));
  ball.addColorStop(1, brush.tint(scale(color, 0.6)));
  ctx.fillStyle = ball;
  ctx.beginPath();
  ctx.ellipse(x, y, rx, ry, 0, 0, Math.PI * 2);
  ctx.fill();
}

export function ring(brush: PropBrush, at: readonly [x: number, y: number, rx: number, ry: number], color: Rgb, width: number): void {
  const { ctx } = brush;
  ctx.strokeStyle = brush.tint(color);
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.ellipse(at[0], at[1], at[2], at[3], 0, 0, Math.PI * 2);
  ctx.stroke();
}

export function stroke(brush: PropBrush, points: Points, color: Rgb, width: number): void {
  const { ctx } = brush;
  ctx.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.strokeStyle = brush.tint(color);
  ctx.lineWidth = width;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.stroke();
}

/** Light that something gives off. */
export function flame(brush: PropBrush, x: number, y: number, radius: number, color: Rgb): void {
  const { ctx } = brush;
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  const halo = ctx.createRadialGradient(x, y, 0, x, y, radius);
  halo.addColorStop(0, brush.tint(scale(color, 2), 0.9));
  halo.addColorStop(0.3, brush.tint(color, 0.4));
  halo.addColorStop(1, brush.tint(color, 0));
  ctx.fillStyle = halo;
  ctx.fillRect(x - radius, y - radius, radius * 2, radius * 2);
  ctx.restore();
}
