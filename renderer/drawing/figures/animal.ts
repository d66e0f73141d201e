import { mix, parseHex, scale, type Rgb } from "../color.ts";
import type { Placement } from "../compose.ts";
import { line } from "./body.ts";
import type { Brush } from "./brush.ts";
import { limbPath, smoothPath } from "./shape.ts";

type Points = readonly (readonly [number, number])[];

interface Coat {
  fur: Rgb;
  dark: Rgb;
  pale: Rgb;
}

/** Paints a dog, cat, horse or bird looking right, in metres, feet at y 0. */
export function paintAnimal(brush: Brush, placement: Placement): void {
  const { look, species } = placement.actor;
  const fur = parseHex(look.hair);
  const coat: Coat = { fur, dark: scale(fur, 0.62), pale: mix(fur, [0.96, 0.92, 0.85], 0.45) };
  const collar = parseHex(look.top);
  if (species === "cat") return cat(brush, coat, collar);
  if (species === "horse") return horse(brush, coat, collar);
  if (species === "bird") return bird(brush, coat, collar);
  // A dog to the knee of whom it goes with.
  brush.ctx.scale(0.8, 0.8);
  dog(brush, coat, { collar, running: placement.actor.pose === "running" });
}

function blob(brush: Brush, points: Points, color: Rgb): void {
  smoothPath(brush.ctx, points);
  brush.ctx.fillStyle = brush.tint(color);
  brush.ctx.fill();
}

function leg(brush: Brush, points: Points, radii: readonly number[], color: Rgb): void {
  limbPath(brush.ctx, points.map(([x, y]) => ({ x, y })), radii);
  brush.ctx.fillStyle = brush.tint(color);
  brush.ctx.fill("nonzero");
}

function eye(brush: Brush, x: number, y: number, r: number, iris: Rgb): void {
  const { ctx } = brush;
  ctx.fillStyle = brush.tint(iris);
  ctx.beginPath();
  ctx.arc(x, y, r, 0, Math.PI * 2);
  ctx.fill();
  ctx.fillStyle = brush.tint([0.03, 0.02, 0.03]);
  ctx.beginPath();
  ctx.arc(x + r * 0.1, y, r * 0.62, 0, Math.PI * 2);
  ctx.fill();
  ctx.fillStyle = "rgba(255,255,255,0.9)";
  ctx.beginPath();
  ctx.arc(x - r * 0.25, y - r * 0.35, r * 0.25, 0, Math.PI * 2);
  ctx.fill();
}

function dog(brush: Brush, coat: Coat, input: { collar: Rgb; running: boolean }): void {
  const stride = input.running ? 0.16 : 0;
  line(brush, [[-0.38, -0.46], [-0.5, -0.56], [-0.55, -0.7]], { color: brush.tint(coat.fur), width: 0.06 });
  leg(brush, [[-0.3, -0.36], [-0.34 - stride, -0.18], [-0.3 - stride * 1.6, -0.03]], [0.09, 0.045, 0.034], coat.dark);
  leg(brush, [[0.18, -0.36], [0.19 + stride, -0.18], [0.2 + stride * 1.7, -0.03]], [0.07, 0.04, 0.034], coat.dark);
  blob(brush, [[-0.42, -0.48], [-0.2, -0.55], [0.1, -0.54], [0.3, -0.62], [0.34, -0.42], [0.22, -0.28], [0, -0.33], [-0.2, -0.3], [-0.4, -0.33]], coat.fur);
  blob(brush, [[0.3, -0.5], [0.33, -0.4], [0.22, -0.29], [0.14, -0.34], [0.2, -0.46]], coat.pale);
  leg(brush, [[-0.32, -0.38], [-0.26 + stride, -0.2], [-0.32 + stride, -0.03]], [0.11, 0.05, 0.036], coat.fur);
  leg(brush, [[0.24, -0.38], [0.26 - stride, -0.2], [0.25 - stride, -0.03]], [0.075, 0.042, 0.036], coat.fur);
  for (const x of [-0.31 + stride, 0.27 - stride]) blob(brush, [[x - 0.04, -0.05], [x + 0.06, -0.05], [x + 0.09, 0], [x - 0.04, 0]], coat.pale);
  line(brush, [[0.2, -0.66], [0.36, -0.56]], { color: brush.tint(input.collar), width: 0.05 });
  blob(brush, [[0.16, -0.66], [0.2, -0.8], [0.34, -0.84], [0.45, -0.76], [0.62, -0.69], [0.64, -0.61], [0.54, -0.57], [0.38, -0.57], [0.24, -0.55]], coat.fur);
  blob(brush, [[0.45, -0.7], [0.6, -0.68], [0.63, -0.61], [0.54, -0.57], [0.44, -0.58]], coat.pale);
  blob(brush, [[0.59, -0.71], [0.65, -0.7], [0.655, -0.655], [0.61, -0.65]], [0.08, 0.06, 0.07]);
  blob(brush, [[0.22, -0.81], [0.15, -0.74], [0.12, -0.58], [0.2, -0.56], [0.28, -0.7]], coat.dark);
  line(brush, [[0.62, -0.63], [0.56, -0.595], [0.48, -0.6]], { color: brush.tint(coat.dark), width: 0.012 });
  eye(brush, 0.41, -0.73, 0.026, [0.3, 0.18, 0.08]);
}

function cat(brush: Brush, coat: Coat, collar: Rgb): void {
  line(brush, [[-0.16, -0.06], [-0.34, -0.05], [-0.4, -0.18], [-0.33, -0.26]], { color: brush.tint(coat.fur), width: 0.05 });
  blob(brush, [[-0.18, -0.02], [-0.2, -0.14], [-0.08, -0.27], [0.04, -0.31], [0.12, -0.22], [0.12, -0.02]], coat.fur);
  leg(brush, [[0.07, -0.2], [0.09, -0.02]], [0.05, 0.028], coat.pale);
  leg(brush, [[0.02, -0.18], [0.03, -0.02]], [0.05, 0.028], coat.fur);
  blob(brush, [[-0.04, -0.02], [-0.12, -0.09], [-0.05, -0.15], [0.03, -0.09], [0.04, 0]], coat.dark);
  line(brush, [[0, -0.285], [0.12, -0.275]], { color: brush.tint(collar), width: 0.026 });
  blob(brush, [[-0.045, -0.37], [-0.035, -0.5], [0.04, -0.42], [0.1, -0.42], [0.165, -0.49], [0.175, -0.37], [0.17, -0.32], [0.07, -0.265], [-0.03, -0.3]], coat.fur);
  blob(brush, [[-0.02, -0.46], [0.015, -0.415], [-0.022, -0.4]], [0.8, 0.55, 0.52]);
  blob(brush, [[0.15, -0.455], [0.12, -0.415], [0.155, -0.4]], [0.8, 0.55, 0.52]);
  blob(brush, [[0.05, -0.33], [0.1, -0.345], [0.15, -0.32], [0.1, -0.28]], coat.pale);
  eye(brush, 0.035, -0.365, 0.022, [0.72, 0.78, 0.24]);
  eye(brush, 0.13, -0.365, 0.02, [0.72, 0.78, 0.24]);
  blob(brush, [[0.085, -0.338], [0.115, -0.338], [0.1, -0.322]], [0.7, 0.4, 0.4]);
  for (const dy of [-0.012, 0, 0.014]) {
    line(brush, [[0.13, -0.318 + dy * 0.4], [0.24, -0.325 + dy * 2]], { color: brush.tint([0.95, 0.95, 0.92], 0.8), width: 0.004 });
    line(brush, [[0.06, -0.318 + dy * 0.4], [-0.06, -0.325 + dy * 2]], { color: brush.tint([0.95, 0.95, 0.92], 0.8), width: 0.004 });
  }
}

function horse(brush: Brush, coat: Coat, blanket: Rgb): void {
  blob(brush, [[-0.95, -1.3], [-1.12, -1.2], [-1.18, -0.75], [-1.1, -0.5], [-1.02, -0.8]], coat.dark);
  leg(brush, [[-0.72, -0.95], [-0.86, -0.5], [-0.78, -0.06]], [0.2, 0.075, 0.055], coat.dark);
  leg(brush, [[0.5, -0.95], [0.58, -0.5], [0.54, -0.06]], [0.15, 0.07, 0.055], coat.dark);
  blob(brush, [[-1.0, -1.2], [-0.8, -1.42], [-0.3, -1.36], [0.2, -1.42], [0.6, -1.4], [0.72, -1.1], [0.55, -0.88], [0.1, -0.78], [-0.5, -0.85], [-0.95, -0.95]], coat.fur);
  blob(brush, [[0.3, -1.4], [0.62, -1.75], [0.82, -2.08], [1.02, -2.02], [1.0, -1.75], [0.86, -1.42], [0.72, -1.1]], coat.fur);
  leg(brush, [[-0.68, -0.95], [-0.7, -0.5], [-0.66, -0.06]], [0.22, 0.08, 0.058], coat.fur);
  leg(brush, [[0.52, -0.98], [0.48, -0.5], [0.47, -0.06]], [0.17, 0.075, 0.058], coat.fur);
  blob(brush, [[0.8, -2.1], [1.02, -2.08], [1.26, -1.86], [1.42, -1.68], [1.38, -1.54], [1.24, -1.56], [1.02, -1.72], [0.86, -1.84]], coat.fur);
  blob(brush, [[0.26, -1.36], [0.5, -1.72], [0.72, -2.06], [0.9, -2.16], [0.84, -1.98], [0.7, -1.7], [0.56, -1.42]], coat.dark);
  blob(brush, [[0.86, -2.08], [0.9, -2.28], [0.98, -2.08]], coat.fur);
  blob(brush, [[-0.42, -1.4], [0.14, -1.43], [0.16, -1.05], [-0.4, -1.04]], blanket);
  eye(brush, 1.03, -1.94, 0.04, [0.2, 0.12, 0.06]);
  blob(brush, [[1.33, -1.66], [1.37, -1.65], [1.36, -1.61], [1.33, -1.62]], coat.dark);
}

function bird(brush: Brush, coat: Coat, chest: Rgb): void {
  for (const x of [-0.02, 0.04]) line(brush, [[x, -0.14], [x, -0.01], [x + 0.05, 0]], { color: brush.tint([0.75, 0.5, 0.15]), width: 0.014 });
  blob(brush, [[-0.3, -0.12], [-0.14, -0.24], [0.02, -0.36], [0.12, -0.34], [0.14, -0.22], [0.04, -0.12], [-0.1, -0.1], [-0.28, -0.05]], coat.fur);
  blob(brush, [[0.02, -0.3], [0.12, -0.32], [0.14, -0.22], [0.05, -0.12]], chest);
  blob(brush, [[-0.24, -0.16], [-0.08, -0.27], [0.02, -0.25], [-0.06, -0.16]], coat.dark);
  blob(brush, [[0.02, -0.36], [0.06, -0.46], [0.16, -0.46], [0.19, -0.38], [0.13, -0.31]], coat.fur);
  blob(brush, [[0.175, -0.42], [0.28, -0.39], [0.18, -0.365]], [0.9, 0.6, 0.15]);
  eye(brush, 0.13, -0.415, 0.019, [0.9, 0.7, 0.2]);
}
