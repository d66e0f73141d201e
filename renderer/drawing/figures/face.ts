import { mix, scale } from "../color.ts";
import type { Expression } from "../scene.ts";
import type { Brush } from "./brush.ts";
import type { Wardrobe } from "./wardrobe.ts";
import { line } from "./body.ts";

/** A face in head units: the head is 2 high and about 1.45 wide, its middle at the origin, looking right as far as it is turned. */
export interface Face {
  wardrobe: Wardrobe;
  expression: Expression;
  turn: number;
  woman: boolean;
  child: boolean;
  closed: boolean;
  /** Pixels per head unit. */
  size: number;
  /** Eyes larger than life, as drawn animation has them. */
  wideEyed: boolean;
}

const SPAN = 0.85;
const RADIUS = 0.72;

/** Where a feature at that azimuth (radians, 0 straight ahead) falls on the turned head, and how foreshortened it is. */
function onHead(azimuth: number, turn: number, radius = RADIUS): { x: number; k: number } {
  const a = azimuth + turn * SPAN;
  return { x: Math.sin(a) * radius, k: Math.max(0.25, Math.cos(a)) };
}

export function paintFace(brush: Brush, face: Face): void {
  if (face.size < 7) return;
  const eyeY = face.child ? 0.16 : face.wideEyed ? 0.1 : 0.03;
  if (face.size > 26) cheeks(brush, face, eyeY);
  for (const side of [-1, 1]) eye(brush, face, { side, y: eyeY });
  if (face.size > 12) {
    nose(brush, face, eyeY);
    mouth(brush, face);
  }
  if (face.wardrobe.glasses && face.size > 12) glasses(brush, face, eyeY);
}

function cheeks(brush: Brush, face: Face, eyeY: number): void {
  const { ctx } = brush;
  for (const side of [-1, 1]) {
    const { x, k } = onHead(side * 0.55, face.turn, 0.7);
    const blush = ctx.createRadialGradient(x, eyeY + 0.34, 0, x, eyeY + 0.34, 0.26);
    const color = mix(face.wardrobe.skinShade, [0.86, 0.3, 0.26], 0.5);
    blush.addColorStop(0, brush.tint(color, (face.woman || face.child ? 0.34 : 0.2) * k));
    blush.addColorStop(1, brush.tint(color, 0));
    ctx.fillStyle = blush;
    ctx.fillRect(x - 0.3, eyeY, 0.6, 0.7);
    // The hollow of the eye, a little darker than the brow above it.
    const e = onHead(side * 0.44, face.turn);
    const hollow = ctx.createRadialGradient(e.x, eyeY - 0.06, 0, e.x, eyeY - 0.06, 0.25);
    hollow.addColorStop(0, brush.tint(face.wardrobe.skinShade, 0.62));
    hollow.addColorStop(1, brush.tint(face.wardrobe.skinShade, 0));
    ctx.fillStyle = hollow;
    ctx.fillRect(e.x - 0.28, eyeY - 0.34, 0.56, 0.56);
  }
}

function eye(brush: Brush, face: Face, at: { side: number; y: number }): void {
  const { ctx } = brush;
  const { x, k } = onHead(at.side * 0.45, face.turn);
  const big = face.wideEyed ? 1.42 : face.child ? 1.22 : 1;
  const w = 0.165 * k * (face.wideEyed ? 1.12 : face.child ? 1.08 : 1);
  const afraid = face.expression === "afraid";
  const narrow = face.expression === "angry" ? 0.72 : face.expression === "smile" ? 0.78 : face.expression === "sad" ? 0.82 : afraid ? 1.32 : 1;
  const open = 0.105 * big * narrow;
  const lash = brush.tint(mix(face.wardrobe.hair, [0.06, 0.04, 0.05], 0.75));
  ctx.save();
  ctx.translate(x, at.y);
  if (face.size < 15) {
    ctx.fillStyle = lash;
    ctx.beginPath();
    ctx.ellipse(0, 0, 0.075 * k, face.closed ? 0.02 : 0.085, 0, 0, Math.PI * 2);
    ctx.fill();
  } else if (face.closed) {
    curve(brush, [-w, 0, 0, 0.1, w, 0], { color: lash, width: 0.04 });
  } else {
    ctx.beginPath();
    ctx.moveTo(-w, 0.012);
    ctx.quadraticCurveTo(-w * 0.15, -open * 2.05, w, -0.004);
    ctx.quadraticCurveTo(w * 0.1, open * 1.5, -w, 0.012);
    ctx.closePath();
    ctx.fillStyle = brush.tint([0.93, 0.92, 0.9]);
    ctx.fill();
    ctx.save();
    ctx.clip();
    iris(brush, face, { k, radius: 0.098 * (face.wideEyed ? 1.32 : face.child ? 1.18 : 1) });
    ctx.fillStyle = brush.tint([0.1, 0.07, 0.1], 0.28);
    ctx.fillRect(-w, -0.3, w * 2, 0.3 - open * 0.52);
    ctx.restore();
    curve(brush, [-w * 1.04, 0.018, -w * 0.15, -open * 2.15, w * 1.06, -0.012], { color: lash, width: face.woman || face.wideEyed ? 0.055 : 0.04 });
    if (face.woman) line(brush, [[at.side * w * 1.02, -0.01], [at.side * w * 1.22, -0.06]], { color: lash, width: 0.032 });
    if (face.size > 40) {
      curve(brush, [-w, 0.014, 0, open * 1.55, w, 0], { color: brush.tint(face.wardrobe.skinShade), width: 0.02 });
      curve(brush, [-w, -0.07, -w * 0.1, -open * 2.9, w, -0.085], { color: brush.tint(face.wardrobe.skinShade, 0.75), width: 0.02 });
    }
  }
  brow(brush, face, { side: at.side, k, open });
  ctx.restore();
}

function iris(brush: Brush, face: Face, at: { k: number; radius: number }): void {
  const { ctx } = brush;
  const gaze = 0.028 + face.turn * 0.03;
  const { radius, k } = at;
  ctx.fillStyle = brush.tint(scale(face.wardrobe.iris, 0.62));
  ctx.beginPath();
  ctx.ellipse(gaze, -0.018, radius * (0.6 + 0.4 * k), radius, 0, 0, Math.PI * 2);
  ctx.fill();
  ctx.fillStyle = brush.tint(mix(face.wardrobe.iris, [1, 0.95, 0.85], 0.28));
  ctx.beginPath();
  ctx.ellipse(gaze, 0.008, radius * 0.7 * (0.6 + 0.4 * k), radius * 0.68, 0, 0, Math.PI * 2);
  ctx.fill();
  ctx.fillStyle = brush.tint([0.03, 0.02, 0.03]);
  ctx.beginPath();
  ctx.ellipse(gaze, -0.018, radius * 0.42 * (0.6 + 0.4 * k), radius * 0.46, 0, 0, Math.PI * 2);
  ctx.fill();
  ctx.fillStyle = "rgba(255,255,255,0.92)";
  ctx.beginPath();
  ctx.arc(gaze - radius * 0.3, -0.018 - radius * 0.4, radius * 0.24, 0, Math.PI * 2);
  ctx.fill();
}

function brow(brush: Brush, face: Face, at: { side: number; k: number; open: number }): void {
  const { k, side } = at;
  // The end of the brow that is nearer the nose is the right one on the left eye.
  const inner = -side;
  const tilt = face.expression === "angry" ? 0.09 : face.expression === "sad" || face.expression === "afraid" ? -0.075 : 0;
  const raise = face.expression === "afraid" ? 0.07 : face.expression === "smile" || face.expression === "speaking" ? 0.025 : face.expression === "angry" ? -0.035 : 0;
  const y = -0.2 - raise - (face.wideEyed ? 0.07 : 0) - (face.child ? 0.04 : 0);
  const left = y + (inner < 0 ? tilt : -tilt * 0.35);
  const right = y + (inner > 0 ? tilt : -tilt * 0.35);
  const color = brush.tint(mix(face.wardrobe.hair, [0.1, 0.07, 0.06], 0.45), 0.92);
  curve(brush, [-0.2 * k, left + 0.02, 0, Math.min(left, right) - 0.05, 0.2 * k, right + 0.015], { color, width: face.woman ? 0.042 : face.child ? 0.04 : 0.066 });
}

function nose(brush: Brush, face: Face, eyeY: number): void {
  const { ctx } = brush;
  const { turn } = face;
  const bridge = onHead(0, turn, 0.7).x;
  const tip = onHead(0, turn, face.child || face.wideEyed ? 0.8 : 0.9).x;
  const base = eyeY + (face.child ? 0.24 : 0.36);
  const shade = brush.tint(face.wardrobe.skinShade, 0.85);
  if (face.size > 26 && !face.wideEyed) {
    ctx.fillStyle = brush.tint(face.wardrobe.skinShade, 0.34);
    ctx.beginPath();
    ctx.moveTo(bridge - 0.02, eyeY - 0.1);
    ctx.quadraticCurveTo(bridge + 0.02, eyeY + 0.15, tip + 0.02, base - 0.03);
    ctx.quadraticCurveTo(tip - 0.05, base + 0.09, tip - 0.17, base + 0.04);
    ctx.quadraticCurveTo(bridge - 0.12, eyeY + 0.12, bridge - 0.1, eyeY - 0.1);
    ctx.fill();
    ctx.fillStyle = brush.tint(scale(face.wardrobe.skin, 1.14), 0.6);
    ctx.beginPath();
    ctx.ellipse(tip - 0.03, base - 0.05, 0.04, 0.06, 0, 0, Math.PI * 2);
    ctx.fill();
  }
  curve(brush, [tip + 0.015, base - 0.07, tip + 0.05, base + 0.05, tip - 0.07, base + 0.055], { color: shade, width: 0.036 });
  if (face.size > 34) {
    ctx.fillStyle = brush.tint(scale(face.wardrobe.skinShade, 0.6), 0.8);
    ctx.beginPath();
    ctx.ellipse(tip - 0.085, base + 0.045, 0.032, 0.016, -0.2, 0, Math.PI * 2);
    ctx.fill();
  }
}

function mouth(brush: Brush, face: Face): void {
  const { ctx } = brush;
  const { x, k } = onHead(0.02, face.turn, 0.74);
  const y = face.child ? 0.62 : 0.605;
  const w = (face.child || face.wideEyed ? 0.17 : 0.24) * (0.45 + 0.55 * k);
  const bend = face.expression === "smile" ? 0.085 : face.expression === "sad" ? -0.07 : face.expression === "angry" ? -0.045 : face.expression === "afraid" ? -0.02 : 0.012;
  const dark = brush.tint(scale(face.wardrobe.lips, 0.42));
  const parted = face.expression === "speaking" ? 0.085 : face.expression === "afraid" ? 0.1 : face.expression === "smile" && face.woman ? 0.05 : 0;
  if (face.size > 20) {
    ctx.fillStyle = brush.tint(face.wardrobe.lips, face.woman ? 0.95 : 0.6);
    ctx.beginPath();
    ctx.moveTo(x - w, y - bend);
    ctx.quadraticCurveTo(x - w * 0.35, y - 0.085, x, y - 0.05);
    ctx.quadraticCurveTo(x + w * 0.35, y - 0.085, x + w, y - bend);
    ctx.quadraticCurveTo(x + w * 0.1, y + 0.14 + parted * 1.6 + bend, x - w, y - bend);
    ctx.fill();
  }
  if (parted > 0) {
    ctx.fillStyle = dark;
    ctx.beginPath();
    ctx.moveTo(x - w * 0.82, y - bend * 0.8);
    ctx.quadraticCurveTo(x, y - 0.02 + bend * 0.4, x + w * 0.82, y - bend * 0.8);
    ctx.quadraticCurveTo(x, y + parted * 2.1 + bend, x - w * 0.82, y - bend * 0.8);
    ctx.fill();
    if (face.size > 26) {
      ctx.fillStyle = brush.tint([0.93, 0.91, 0.87], 0.9);
      ctx.beginPath();
      ctx.ellipse(x, y + bend * 0.3 + 0.012, w * 0.5, parted * 0.32, 0, 0, Math.PI);
      ctx.fill();
    }
  } else {
    curve(brush, [x - w, y - bend, x, y + bend * 1.2, x + w, y - bend], { color: dark, width: face.size > 20 ? 0.028 : 0.05 });
  }
  if (face.size > 34) curve(brush, [x - w * 0.5, y + 0.19 + parted, x, y + 0.225 + parted, x + w * 0.5, y + 0.19 + parted], { color: brush.tint(face.wardrobe.skinShade, 0.65), width: 0.03 });
}

function glasses(brush: Brush, face: Face, eyeY: number): void {
  const { ctx } = brush;
  const color = brush.tint([0.08, 0.07, 0.08]);
  ctx.strokeStyle = color;
  ctx.lineWidth = 0.04;
  const lenses = [-1, 1].map((side) => onHead(side * 0.45, face.turn));
  for (const lens of lenses) {
    ctx.beginPath();
    ctx.roundRect(lens.x - 0.235 * lens.k - 0.01, eyeY - 0.17, 0.47 * lens.k + 0.02, 0.36, 0.13);
    ctx.fillStyle = "rgba(220,235,245,0.13)";
    ctx.fill();
    ctx.stroke();
  }
  const [left, right] = lenses;
  if (left && right) line(brush, [[left.x + 0.235 * left.k, eyeY - 0.06], [right.x - 0.235 * right.k, eyeY - 0.06]], { color, width: 0.04 });
  if (left) line(brush, [[left.x - 0.235 * left.k, eyeY - 0.06], [onHead(-1.35, face.turn).x, eyeY - 0.02]], { color, width: 0.035 });
}

/** A quadratic stroke: start, control, end. */
export function curve(brush: Brush, p: readonly [number, number, number, number, number, number], pen: { color: string; width: number }): void {
  const { ctx } = brush;
  ctx.beginPath();
  ctx.moveTo(p[0], p[1]);
  ctx.quadraticCurveTo(p[2], p[3], p[4], p[5]);
  ctx.strokeStyle = pen.color;
  ctx.lineWidth = pen.width;
  ctx.lineCap = "round";
  ctx.stroke();
}
