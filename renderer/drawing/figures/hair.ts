import type { CharacterLook } from "../../../film/film.ts";
import { hashOf, randomOf } from "../random.ts";
import { mix, scale, type Rgb } from "../color.ts";
import type { Brush } from "./brush.ts";
import { curve } from "./face.ts";
import { smoothPath } from "./shape.ts";
import type { Wardrobe } from "./wardrobe.ts";

/** Hair in head units, on a head that looks right as far as it is turned. */
export interface Hair {
  style: CharacterLook["hairStyle"];
  wardrobe: Wardrobe;
  turn: number;
  back: boolean;
  woman: boolean;
  size: number;
  seed: string;
}

/** What hangs behind neck and shoulders. */
export function paintHairBehind(brush: Brush, hair: Hair): void {
  const { ctx } = brush;
  const { turn: t, wardrobe } = hair;
  if (hair.style === "long") {
    smoothPath(ctx, [[0, -1.08], [0.62, -0.86], [0.84 - 0.1 * t, -0.2], [0.82 - 0.2 * t, 0.6], [0.78 - 0.3 * t, 1.35], [0.5 - 0.3 * t, 1.66], [-0.2 - 0.2 * t, 1.72], [-0.78 - 0.1 * t, 1.6], [-0.92 - 0.14 * t, 0.9], [-0.9 - 0.14 * t, -0.2], [-0.7 - 0.1 * t, -0.84]]);
    ctx.fillStyle = brush.tint(scale(wardrobe.hair, 0.68));
    ctx.fill();
    strands(brush, hair, { from: -0.85, to: 0.7, top: 0, bottom: 1.5, color: scale(wardrobe.hair, 0.5) });
  } else if (hair.style === "bun") {
    ctx.fillStyle = brush.tint(scale(wardrobe.hair, 0.84));
    ctx.beginPath();
    ctx.ellipse(-0.42 - 0.5 * t, -0.92 + 0.42 * t, 0.42, 0.4, 0, 0, Math.PI * 2);
    ctx.fill();
    curve(brush, [-0.6 - 0.5 * t, -1.1 + 0.42 * t, -0.3 - 0.5 * t, -0.9 + 0.42 * t, -0.55 - 0.5 * t, -0.68 + 0.42 * t], { color: brush.tint(wardrobe.hairLight, 0.6), width: 0.04 });
  } else if (hair.style === "curly") {
    curls(brush, hair, { dark: true });
  }
}

/** What lies on the head: the cap of hair, fringe, or hat. */
export function paintHairOver(brush: Brush, hair: Hair): void {
  if (hair.back && hair.style !== "hat" && hair.style !== "bald") {
    backOfHead(brush, hair);
    return;
  }
  switch (hair.style) {
    case "bald":
      return shine(brush, hair);
    case "hat":
      return hat(brush, hair);
    case "curly":
      return curls(brush, hair, { dark: false });
    case "long":
      return longFront(brush, hair);
    case "bun":
      return cap(brush, hair, { line: -0.52, temple: -0.12 });
    case "short":
      return hair.woman ? cap(brush, hair, { line: -0.46 + hair.wardrobe.fringe * 0.12, temple: 0.02 }) : crop(brush, hair);
  }
}

function gloss(brush: Brush, hair: Hair): CanvasGradient {
  const sheen = brush.ctx.createLinearGradient(-0.5, -1.15, 0.35, 0.25);
  sheen.addColorStop(0, brush.tint(scale(hair.wardrobe.hair, 1.06)));
  sheen.addColorStop(0.26, brush.tint(hair.wardrobe.hairLight));
  sheen.addColorStop(0.5, brush.tint(hair.wardrobe.hair));
  sheen.addColorStop(1, brush.tint(scale(hair.wardrobe.hair, 0.72)));
  return sheen;
}

/** Close-cut hair: from ear over the crown to the other temple, with a parted, slightly ragged edge. */
function cap(brush: Brush, hair: Hair, edge: { line: number; temple: number }): void {
  const { ctx } = brush;
  const { turn: t } = hair;
  const line = edge.line;
  const near = Math.sin(-1.4 + 0.85 * t) * 0.76;
  const lift = hair.style === "bun" ? 1.03 : 1.1;
  smoothPath(ctx, [
    [near - 0.02, 0.16], [near + 0.09, edge.temple - 0.1], [near + 0.16 + 0.05 * t, line + 0.2], [-0.34 + 0.42 * t, line + 0.02 - hair.wardrobe.fringe * 0.06], [0.02 + 0.4 * t, line - 0.02], [0.44 + 0.17 * t, line + 0.06],
    [0.66 + 0.02 * t, line + 0.3], [0.735, line + 0.16], [0.74 + 0.02 * t, -0.5], [0.52 + 0.06 * t, -0.93], [0.06, -lift - 0.02], [-0.48 - 0.1 * t, -0.96], [-0.8 - 0.1 * t, -0.46], [-0.8 - 0.12 * t, 0.02], [-0.72 - 0.1 * t, 0.24 + 0.1 * t], [-0.66, 0.26],
  ]);
  ctx.fillStyle = gloss(brush, hair);
  ctx.fill();
  if (hair.size < 16) return;
  const random = randomOf(hair.seed, "cap");
  for (let i = 0; i < 11; i++) {
    const a = -0.6 + i * 0.115;
    const color = brush.tint(i % 2 ? scale(hair.wardrobe.hair, 0.6) : hair.wardrobe.hairLight, 0.5);
    curve(brush, [-0.3 + 0.25 * t + a * 0.3, -1.0, a * 1.1 + 0.1 * t, -0.9 + random() * 0.1, a + 0.12 * t + (hair.style === "bun" ? -0.25 : 0.06), line - 0.1 + random() * 0.1], { color, width: 0.022 });
  }
}

/** A man's cut: short at the sides, longer and brushed to one side above a high forehead. */
function crop(brush: Brush, hair: Hair): void {
  const { ctx } = brush;
  const { turn: t, wardrobe } = hair;
  const near = Math.sin(-1.4 + 0.85 * t) * 0.76;
  const line = -0.6 + wardrobe.fringe * 0.1;
  // The sides are cut close, so the scalp shows through a little.
  smoothPath(ctx, [[near + 0.02, 0.2], [near + 0.1, -0.08], [near + 0.13, -0.4], [-0.3 + 0.3 * t, -0.62], [0.1, -0.9], [-0.5 - 0.1 * t, -0.92], [-0.79 - 0.1 * t, -0.46], [-0.79 - 0.11 * t, 0.02], [-0.71 - 0.1 * t, 0.26 + 0.1 * t], [-0.64, 0.26]]);
  ctx.fillStyle = brush.tint(mix(scale(wardrobe.hair, 0.82), wardrobe.skin, 0.1));
  ctx.fill();
  smoothPath(ctx, [
    [near + 0.12, -0.36], [-0.42 + 0.36 * t, line + 0.06], [-0.2 + 0.4 * t, line - 0.02], [0.12 + 0.34 * t, line + 0.02], [0.42 + 0.17 * t, line - 0.04], [0.62 + 0.03 * t, line + 0.16],
    [0.7, line + 0.3], [0.755, -0.56], [0.66 + 0.04 * t, -0.92], [0.36, -1.16], [-0.06, -1.17], [-0.5 - 0.1 * t, -1.02], [-0.78 - 0.1 * t, -0.62],
  ]);
  ctx.fillStyle = gloss(brush, hair);
  ctx.fill();
  if (hair.size < 16) return;
  const random = randomOf(hair.seed, "crop");
  for (let i = 0; i < 10; i++) {
    const y = -0.68 - i * 0.045;
    curve(brush, [-0.62 + i * 0.05 + 0.1 * t, y + 0.1 - i * 0.01, -0.1, y - 0.18 - random() * 0.06, 0.6 - i * 0.03, y + 0.1 - random() * 0.08], { color: brush.tint(i % 2 ? scale(wardrobe.hair, 0.6) : wardrobe.hairLight, 0.45), width: 0.024 });
  }
}

/** Long hair: parted above the brow, falling beside the face on both sides. */
function longFront(brush: Brush, hair: Hair): void {
  const { ctx } = brush;
  const { turn: t, wardrobe } = hair;
  const part = -0.16 + 0.5 * t;
  ctx.fillStyle = gloss(brush, hair);
  smoothPath(ctx, [[part, -0.68], [part - 0.2, -0.5], [-0.5 + 0.22 * t, -0.14], [-0.56 + 0.22 * t, 0.4], [-0.6 + 0.14 * t, 1.0], [-0.52 + 0.1 * t, 1.5], [-0.86, 1.56], [-0.94 - 0.1 * t, 0.8], [-0.9 - 0.12 * t, -0.1], [-0.78 - 0.1 * t, -0.7], [-0.4, -1.06], [part, -1.13]]);
  ctx.fill();
  smoothPath(ctx, [[part - 0.04, -0.7], [part + 0.22, -0.56], [0.52 + 0.1 * t, -0.3], [0.63 + 0.02 * t, 0.1], [0.64 - 0.06 * t, 0.56], [0.6 - 0.1 * t, 0.9 - 0.3 * t], [0.76 - 0.1 * t, 0.8 - 0.2 * t], [0.81 - 0.06 * t, 0.1], [0.78, -0.5], [0.5 + 0.06 * t, -0.98], [0.1, -1.12], [part - 0.1, -1.12]]);
  ctx.fill();
  if (hair.size < 16) return;
  const dark = brush.tint(scale(wardrobe.hair, 0.58), 0.6);
  const bright = brush.tint(wardrobe.hairLight, 0.55);
  for (let i = 0; i < 6; i++) {
    const o = i * 0.07;
    curve(brush, [part - 0.05 - o, -1.02 + o * 0.3, -0.78 + o * 0.5 + 0.1 * t, -0.6, -0.84 + o * 0.7 + 0.06 * t, 0.7 + o], { color: i % 2 ? dark : bright, width: 0.024 });
    curve(brush, [part + 0.05 + o * 0.6, -1.0 + o * 0.3, 0.6 - o * 0.2, -0.78, 0.7 - o * 0.12, -0.1], { color: i % 2 ? dark : bright, width: 0.022 });
  }
}

function backOfHead(brush: Brush, hair: Hair): void {
  const { ctx } = brush;
  const long = hair.style === "long";
  const low = long ? 1.7 : 0.72;
  if (hair.style === "curly") {
    curls(brush, hair, { dark: true });
    curls(brush, hair, { dark: false });
    return;
  }
  smoothPath(ctx, [[0, -1.1], [0.56, -0.92], [0.8, -0.3], [0.76, 0.3], [long ? 0.84 : 0.5, low * 0.8], [0, low], [long ? -0.84 : -0.5, low * 0.8], [-0.76, 0.3], [-0.8, -0.3], [-0.56, -0.92]]);
  ctx.fillStyle = gloss(brush, hair);
  ctx.fill();
  if (hair.style === "bun") {
    ctx.fillStyle = brush.tint(scale(hair.wardrobe.hair, 0.9));
    ctx.beginPath();
    ctx.arc(0, -0.5, 0.44, 0, Math.PI * 2);
    ctx.fill();
  }
  strands(brush, hair, { from: -0.6, to: 0.6, top: -0.7, bottom: low * 0.82, color: scale(hair.wardrobe.hair, 0.6) });
}

function strands(brush: Brush, hair: Hair, span: { from: number; to: number; top: number; bottom: number; color: Rgb }): void {
  if (hair.size < 16) return;
  const random = randomOf(hair.seed, "strands");
  for (let i = 0; i <= 9; i++) {
    const x = span.from + ((span.to - span.from) * i) / 9;
    curve(brush, [x * 0.7, span.top, x * 1.25 + random() * 0.1, (span.top + span.bottom) / 2, x + random() * 0.08, span.bottom - random() * 0.12], { color: brush.tint(i % 2 ? span.color : hair.wardrobe.hairLight, 0.45), width: 0.03 });
  }
}

function curls(brush: Brush, hair: Hair, layer: { dark: boolean }): void {
  const { ctx } = brush;
  const { turn: t, wardrobe } = hair;
  const random = randomOf(hair.seed, layer.dark ? "curls behind" : "curls");
  const count = layer.dark ? 26 : 20;
  const from = layer.dark ? 0.1 : Math.PI * 0.96 - 0.12 * t;
  const span = layer.dark ? Math.PI * 2 : Math.PI * (1.02 - 0.1 * t);
  for (let i = 0; i < count; i++) {
    const a = from + (span * i) / count;
    const reach = layer.dark ? 0.86 + random() * 0.16 : 0.72 + random() * 0.24;
    const drop = layer.dark ? -0.2 : -0.24;
    const x = Math.cos(a) * reach * 1.02 - 0.07 * t;
    const y = Math.sin(a) * reach * (layer.dark && hair.woman ? 1.05 : 0.95) + drop;
    if (layer.dark && !hair.back && Math.sin(a) > 0.75) continue;
    const r = 0.23 + random() * 0.09;
    ctx.fillStyle = brush.tint(layer.dark ? scale(wardrobe.hair, 0.7) : mix(wardrobe.hair, wardrobe.hairLight, random() * 0.55));
    ctx.beginPath();
    ctx.arc(x, y, r, 0, Math.PI * 2);
    ctx.fill();
    if (hair.size > 16 && !layer.dark) {
      ctx.strokeStyle = brush.tint(scale(wardrobe.hair, 0.6), 0.6);
      ctx.lineWidth = 0.025;
      ctx.beginPath();
      ctx.arc(x, y, r * 0.66, a, a + 3.6);
      ctx.stroke();
    }
  }
}

function shine(brush: Brush, hair: Hair): void {
  const { ctx } = brush;
  const spot = ctx.createRadialGradient(-0.2, -0.72, 0, -0.2, -0.72, 0.42);
  spot.addColorStop(0, brush.tint(mix(hair.wardrobe.skin, [1, 1, 1], 0.5), 0.6));
  spot.addColorStop(1, brush.tint(hair.wardrobe.skin, 0));
  ctx.fillStyle = spot;
  ctx.fillRect(-0.7, -1, 1, 0.8);
}

/** A brimmed hat, a flat cap or a woollen one: which, follows from the character. */
function hat(brush: Brush, hair: Hair): void {
  const { ctx } = brush;
  const { turn: t, wardrobe } = hair;
  cap(brush, hair, { line: -0.34, temple: 0.05 });
  const felt = mix(scale(wardrobe.bottom, 0.7), [0.2, 0.16, 0.13], 0.35);
  const kind = hashOf(hair.seed) % 3;
  if (kind === 2) {
    smoothPath(ctx, [[-0.86, -0.42], [-0.82, -0.9], [-0.4, -1.26], [0.2, -1.28], [0.68, -1.0], [0.82, -0.5], [0.78, -0.36], [0, -0.44]]);
    ctx.fillStyle = brush.tint(wardrobe.top);
    ctx.fill();
    smoothPath(ctx, [[-0.9, -0.3], [-0.88, -0.58], [0, -0.68], [0.84, -0.56], [0.84, -0.3], [0, -0.4]]);
    ctx.fillStyle = brush.tint(scale(wardrobe.top, 0.75));
    ctx.fill();
    return;
  }
  smoothPath(ctx, [[-0.76, -0.45], [-0.72, -1.02], [-0.48, -1.36], [-0.05, -1.3], [0.36, -1.38], [0.64, -1.04], [0.74, -0.5], [0, -0.36]]);
  const crown = ctx.createLinearGradient(-0.7, -1.3, 0.7, -0.4);
  crown.addColorStop(0, brush.tint(scale(felt, 1.5)));
  crown.addColorStop(1, brush.tint(scale(felt, 0.8)));
  ctx.fillStyle = crown;
  ctx.fill();
  ctx.strokeStyle = brush.tint(scale(felt, 0.4));
  ctx.lineWidth = 0.17;
  ctx.beginPath();
  ctx.moveTo(-0.76, -0.6);
  ctx.quadraticCurveTo(0, -0.46, 0.75, -0.62);
  ctx.stroke();
  ctx.fillStyle = brush.tint(scale(felt, 1.12));
  ctx.beginPath();
  ctx.ellipse(0.1 * t, -0.47, 1.18, 0.21, 0.02, 0, Math.PI * 2);
  ctx.fill();
  if (!hair.back) {
    ctx.fillStyle = brush.tint(scale(felt, 0.55));
    ctx.beginPath();
    ctx.ellipse(0.1 * t, -0.41, 1.06, 0.13, 0.02, 0, Math.PI);
    ctx.fill();
  }
}
