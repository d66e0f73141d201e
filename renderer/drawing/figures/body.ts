import { mix, scale, type Rgb } from "../color.ts";
import type { Brush } from "./brush.ts";
import { limbPath, smoothPath } from "./shape.ts";
import type { Skeleton } from "./skeleton.ts";
import type { Wardrobe } from "./wardrobe.ts";
import type { Point } from "../stage.ts";

export interface Figure {
  skeleton: Skeleton;
  wardrobe: Wardrobe;
  turn: number;
  /** Seen from behind. */
  back: boolean;
}

const OUTLINE: Rgb = [0.05, 0.04, 0.06];

/** Legs, far one first. Where a skirt or a long coat hides the thighs, it is painted over them. */
export function paintLegs(brush: Brush, figure: Figure): void {
  const { skeleton, wardrobe } = figure;
  const bare = wardrobe.skirt;
  for (const [leg, shade] of [[skeleton.farLeg, 0.8], [skeleton.nearLeg, 1]] as const) {
    const l = skeleton.body.limb;
    const color = bare ? wardrobe.skin : wardrobe.bottom;
    fillLimb(brush, leg, [0.053 * l, bare ? 0.034 * l : 0.041 * l, bare ? 0.02 * l : 0.03 * l], scale(color, shade));
    foot(brush, leg, { color: scale(wardrobe.shoes, shade), size: l });
  }
  if (wardrobe.skirt) skirt(brush, figure);
}

function foot(brush: Brush, leg: Skeleton["nearLeg"], shoe: { color: Rgb; size: number }): void {
  const { ctx } = brush;
  const [, knee, ankle] = leg;
  const slope = Math.atan2(ankle.x - knee.x, ankle.y - knee.y);
  const l = shoe.size;
  ctx.save();
  ctx.translate(ankle.x, ankle.y);
  ctx.rotate(-slope * 0.85);
  smoothPath(ctx, [[-0.028 * l, -0.012 * l], [0.02 * l, -0.014 * l], [0.062 * l, 0.008 * l], [0.088 * l, 0.024 * l], [0.084 * l, 0.034 * l], [-0.032 * l, 0.034 * l]]);
  ctx.fillStyle = brush.tint(shoe.color);
  ctx.fill();
  ctx.restore();
}

function skirt(brush: Brush, figure: Figure): void {
  const { ctx } = brush;
  const { skeleton, wardrobe } = figure;
  const { hip, body } = skeleton;
  const reach = (leg: Skeleton["nearLeg"], side: number): [number, number] => {
    const knee = leg[1];
    return [hip.x + (knee.x - hip.x) * 0.86 + side * body.hip * 0.75, hip.y + (knee.y - hip.y) * 0.86];
  };
  const near = reach(skeleton.nearLeg, -1);
  const far = reach(skeleton.farLeg, 1);
  const [left, right] = near[0] < far[0] ? [near, far] : [[far[0] - body.hip * 1.4, far[1]] as [number, number], [near[0] + body.hip * 1.4, near[1]] as [number, number]];
  smoothPath(ctx, [[hip.x - body.waist * 0.95, hip.y - body.height * 0.06], [hip.x + body.waist * 0.95, hip.y - body.height * 0.06], [hip.x + body.hip * 1.05, hip.y], right, [(left[0] + right[0]) / 2, Math.max(left[1], right[1]) + body.height * 0.012], left, [hip.x - body.hip * 1.05, hip.y]]);
  ctx.fillStyle = brush.tint(scale(wardrobe.bottom, 0.94));
  ctx.fill();
}

export function fillLimb(brush: Brush, joints: readonly Point[], radii: readonly number[], color: Rgb): void {
  const { ctx } = brush;
  limbPath(ctx, joints, radii);
  ctx.fillStyle = brush.tint(color);
  ctx.fill("nonzero");
}

/** The trunk and what it wears. */
export function paintTorso(brush: Brush, figure: Figure): void {
  const { ctx } = brush;
  const { skeleton, wardrobe, turn } = figure;
  const { body, hip, neck } = skeleton;
  const length = Math.hypot(neck.x - hip.x, neck.y - hip.y);
  const k = 1 - 0.3 * turn;
  const h = body.height;
  const [sh, ch, wa, hp] = [body.shoulder * k, body.chest * k, body.waist * k, body.hip * k];
  const lean = Math.atan2(neck.x - hip.x, hip.y - neck.y);
  ctx.save();
  ctx.translate(hip.x, hip.y);
  ctx.rotate(lean);
  const fx = turn * 0.012 * h;
  const bust = body.woman ? 0.012 * h * turn : 0;
  smoothPath(ctx, [
    [-0.03 * h, -length - 0.012 * h], [0.03 * h, -length - 0.012 * h], [sh * 0.62, -length + 0.004 * h], [sh * 0.98, -length + 0.03 * h], [sh * 0.98, -length + 0.075 * h],
    [ch + fx + bust, -length * 0.66], [wa + fx, -length * 0.34], [hp, 0], [hp * 0.9, 0.03 * h], [-hp * 0.9, 0.03 * h], [-hp, 0],
    [-wa, -length * 0.34], [-ch, -length * 0.66], [-sh * 0.98, -length + 0.075 * h], [-sh * 0.98, -length + 0.03 * h], [-sh * 0.62, -length + 0.004 * h],
  ]);
  const cloth = ctx.createLinearGradient(0, -length, 0, 0);
  cloth.addColorStop(0, brush.tint(scale(wardrobe.top, 1.06)));
  cloth.addColorStop(1, brush.tint(scale(wardrobe.top, 0.84)));
  ctx.fillStyle = cloth;
  ctx.fill();
  ctx.save();
  ctx.clip();
  if (wardrobe.garment !== "dress" && wardrobe.garment !== "coat") {
    ctx.fillStyle = brush.tint(scale(wardrobe.garment === "tee" || wardrobe.garment === "hoodie" ? wardrobe.top : wardrobe.bottom, wardrobe.garment === "hoodie" ? 0.7 : 0.8));
    ctx.fillRect(-hp * 2, -0.012 * h, hp * 4, 0.1 * h);
  }
  if (brush.scale * h > 90) dress(brush, figure, { length, k, fx });
  ctx.restore();
  if (wardrobe.garment === "coat") coatTails(brush, figure);
  ctx.restore();
}

/** Lapels, buttons, stripes, folds: in the trunk's own frame, clipped to it. */
function dress(brush: Brush, figure: Figure, trunk: { length: number; k: number; fx: number }): void {
  const { ctx } = brush;
  const { wardrobe, skeleton, back, turn } = figure;
  const { height: h, chest } = skeleton.body;
  const { length } = trunk;
  const mid = trunk.fx * 1.2 + turn * chest * 0.42;
  const dark = brush.tint(scale(wardrobe.top, 0.62));
  if (wardrobe.stripes) {
    ctx.fillStyle = brush.tint(mix(wardrobe.top, [1, 1, 0.96], 0.7));
    for (let i = 0; i < 4; i++) ctx.fillRect(-chest * 2, -length * (0.8 - i * 0.2), chest * 4, length * 0.07);
  }
  folds(brush, figure, length);
  if (back) return;
  ctx.lineCap = "round";
  if (wardrobe.garment === "jacket" || wardrobe.garment === "coat") {
    triangle(brush, [[mid - 0.034 * h, -length - 0.02 * h], [mid + 0.03 * h, -length - 0.02 * h], [mid + 0.002 * h, -length * 0.5]], wardrobe.inner);
    triangle(brush, [[mid - 0.006 * h, -length * 0.99], [mid + 0.008 * h, -length * 0.99], [mid + 0.001 * h, -length * 0.62]], scale(wardrobe.bottom, 0.8));
    ctx.strokeStyle = dark;
    ctx.lineWidth = 0.005 * h;
    for (const side of [-1, 1]) {
      ctx.beginPath();
      ctx.moveTo(mid + side * 0.036 * h, -length - 0.02 * h);
      ctx.lineTo(mid + side * 0.052 * h, -length * 0.78);
      ctx.lineTo(mid + side * 0.034 * h, -length * 0.75);
      ctx.lineTo(mid, -length * 0.48);
      ctx.stroke();
    }
    line(brush, [[mid, -length * 0.5], [mid, 0]], { color: dark, width: 0.004 * h });
  } else if (wardrobe.garment === "shirt") {
    line(brush, [[mid, -length], [mid, 0]], { color: dark, width: 0.003 * h });
    ctx.fillStyle = brush.tint(mix(wardrobe.top, [1, 1, 1], 0.6));
    for (let i = 1; i < 6; i++) disc(brush, mid + 0.003 * h, -length * (1 - i * 0.16), 0.0045 * h);
    triangle(brush, [[mid, -length + 0.012 * h], [mid - 0.042 * h, -length - 0.02 * h], [mid - 0.034 * h, -length + 0.04 * h]], scale(wardrobe.top, 1.18));
    triangle(brush, [[mid, -length + 0.012 * h], [mid + 0.04 * h, -length - 0.02 * h], [mid + 0.032 * h, -length + 0.04 * h]], scale(wardrobe.top, 1.1));
  } else if (wardrobe.garment === "hoodie") {
    line(brush, [[mid - 0.035 * h, -length - 0.01 * h], [mid - 0.02 * h, -length + 0.028 * h], [mid + 0.015 * h, -length + 0.03 * h], [mid + 0.035 * h, -length - 0.01 * h]], { color: dark, width: 0.016 * h });
    for (const side of [-1, 1]) line(brush, [[mid + side * 0.014 * h, -length + 0.03 * h], [mid + side * 0.017 * h, -length + 0.1 * h]], { color: brush.tint([0.92, 0.9, 0.86]), width: 0.004 * h });
  } else {
    // A round neck: skin above the seam.
    ctx.fillStyle = brush.tint(scale(wardrobe.skin, 0.94));
    ctx.beginPath();
    ctx.ellipse(mid * 0.7, -length - 0.012 * h, 0.042 * h, wardrobe.garment === "dress" ? 0.05 * h : 0.032 * h, 0, 0, Math.PI * 2);
    ctx.fill();
    ctx.strokeStyle = dark;
    ctx.lineWidth = 0.005 * h;
    ctx.stroke();
  }
}

function folds(brush: Brush, figure: Figure, length: number): void {
  const { skeleton, wardrobe } = figure;
  const { height: h, chest } = skeleton.body;
  const color = brush.tint(scale(wardrobe.top, 0.66), 0.5);
  line(brush, [[-chest * 0.85, -length * 0.6], [-chest * 0.4, -length * 0.5], [-chest * 0.25, -length * 0.36]], { color, width: 0.006 * h });
  line(brush, [[chest * 0.9, -length * 0.56], [chest * 0.55, -length * 0.46], [chest * 0.5, -length * 0.3]], { color, width: 0.006 * h });
  line(brush, [[-chest * 0.7, -length * 0.16], [-chest * 0.1, -length * 0.2], [chest * 0.4, -length * 0.15]], { color, width: 0.005 * h });
}

function coatTails(brush: Brush, figure: Figure): void {
  const { ctx } = brush;
  const { skeleton, wardrobe } = figure;
  const { body } = skeleton;
  const h = body.height;
  const seated = skeleton.hip.y > -h * 0.4;
  const drop = seated ? 0.06 * h : 0.2 * h;
  smoothPath(ctx, [[-body.waist, -0.06 * h], [body.waist, -0.06 * h], [body.hip * 1.08, 0.05 * h], [body.hip * 1.2, drop], [0.004 * h, drop + 0.012 * h], [-body.hip * 1.2, drop], [-body.hip * 1.08, 0.05 * h]]);
  ctx.fillStyle = brush.tint(scale(wardrobe.top, 0.86));
  ctx.fill();
  line(brush, [[0.012 * h, -0.05 * h], [0.008 * h, drop]], { color: brush.tint(scale(wardrobe.top, 0.55)), width: 0.005 * h });
  line(brush, [[-body.waist, -0.055 * h], [body.waist, -0.055 * h]], { color: brush.tint(scale(wardrobe.top, 0.55)), width: 0.02 * h });
}

/** An arm with its sleeve and hand. */
export function paintArm(brush: Brush, figure: Figure, which: "nearArm" | "farArm"): void {
  const { ctx } = brush;
  const { skeleton, wardrobe } = figure;
  const arm = skeleton[which];
  const l = skeleton.body.limb;
  const shade = which === "farArm" ? 0.84 : 1;
  const radii = [0.036 * l, 0.029 * l, 0.021 * l];
  const short = wardrobe.garment === "tee" || wardrobe.garment === "dress";
  if (which === "nearArm" && brush.scale * skeleton.body.height > 90) {
    // The crease between arm and trunk: only where there is a trunk behind it.
    ctx.save();
    ctx.globalCompositeOperation = "source-atop";
    limbPath(ctx, arm, radii.map((r) => r + 0.005 * l));
    ctx.fillStyle = brush.tint(mix(scale(wardrobe.top, 0.55), OUTLINE, 0.2), 0.55);
    ctx.fill("nonzero");
    ctx.restore();
  }
  fillLimb(brush, arm, radii.map((r) => (short ? r * 0.84 : r)), scale(short ? wardrobe.skin : wardrobe.top, shade));
  if (short) {
    const [shoulder, elbow] = arm;
    const cuff = { x: shoulder.x + (elbow.x - shoulder.x) * 0.62, y: shoulder.y + (elbow.y - shoulder.y) * 0.62 };
    fillLimb(brush, [shoulder, cuff], [radii[0] ?? 0, 0.034 * l], scale(wardrobe.top, shade));
  }
  hand(brush, figure, { arm, shade });
}

function hand(brush: Brush, figure: Figure, input: { arm: Skeleton["nearArm"]; shade: number }): void {
  const { ctx } = brush;
  const [, elbow, wrist] = input.arm;
  const l = figure.skeleton.body.limb;
  ctx.save();
  ctx.translate(wrist.x, wrist.y);
  ctx.rotate(Math.atan2(wrist.y - elbow.y, wrist.x - elbow.x) - Math.PI / 2);
  smoothPath(ctx, [[-0.016 * l, -0.008 * l], [0.016 * l, -0.008 * l], [0.023 * l, 0.02 * l], [0.02 * l, 0.05 * l], [0.008 * l, 0.066 * l], [-0.012 * l, 0.062 * l], [-0.021 * l, 0.03 * l]]);
  ctx.fillStyle = brush.tint(scale(figure.wardrobe.skin, input.shade * 0.97));
  ctx.fill();
  limbPath(ctx, [{ x: 0.017 * l, y: 0.008 * l }, { x: 0.029 * l, y: 0.034 * l }], [0.009 * l, 0.007 * l]);
  ctx.fill("nonzero");
  if (brush.scale * l > 420) {
    for (const x of [-0.01, -0.001, 0.008]) line(brush, [[x * l, 0.036 * l], [x * l, 0.06 * l]], { color: brush.tint(figure.wardrobe.skinShade, 0.8), width: 0.003 * l });
  }
  ctx.restore();
}

export function line(brush: Brush, points: readonly (readonly [number, number])[], pen: { color: string; width: number }): void {
  const { ctx } = brush;
  ctx.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.strokeStyle = pen.color;
  ctx.lineWidth = pen.width;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.stroke();
}

function triangle(brush: Brush, points: readonly (readonly [number, number])[], color: Rgb): void {
  const { ctx } = brush;
  ctx.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.closePath();
  ctx.fillStyle = brush.tint(color);
  ctx.fill();
}

function disc(brush: Brush, x: number, y: number, radius: number): void {
  brush.ctx.beginPath();
  brush.ctx.arc(x, y, radius, 0, Math.PI * 2);
  brush.ctx.fill();
}
