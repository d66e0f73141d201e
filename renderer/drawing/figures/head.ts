import { mix, scale } from "../color.ts";
import type { Actor } from "../scene.ts";
import type { Brush } from "./brush.ts";
import { fillLimb, type Figure } from "./body.ts";
import { paintFace } from "./face.ts";
import { paintHairBehind, paintHairOver, type Hair } from "./hair.ts";
import { smoothPath } from "./shape.ts";

/** The neck: painted before the trunk's collar, under the head. */
export function paintNeck(brush: Brush, figure: Figure): void {
  const { skeleton, wardrobe } = figure;
  const { neck, head, body } = skeleton;
  const thick = body.head * (body.child ? 0.2 : body.woman ? 0.2 : 0.25);
  const top = { x: head.x - body.head * 0.06 * figure.turn, y: head.y + body.head * 0.2 };
  fillLimb(brush, [{ x: neck.x, y: neck.y + 0.02 * body.height }, top], [thick * 1.15, thick], scale(wardrobe.skin, 0.86));
}

/** Runs with the head's own frame: 2 units high, middle at the origin. */
function inHead(brush: Brush, figure: Figure, paint: (size: number) => void): void {
  const { ctx } = brush;
  const { head, body, tilt } = figure.skeleton;
  const half = body.head / 2;
  ctx.save();
  ctx.translate(head.x, head.y);
  ctx.rotate(tilt);
  ctx.scale(half, half);
  paint(half * brush.scale);
  ctx.restore();
}

function hairOf(figure: Figure, actor: Actor, size: number): Hair {
  return { style: actor.look.hairStyle, wardrobe: figure.wardrobe, turn: figure.turn, back: figure.back, woman: figure.skeleton.body.woman, size, seed: actor.id };
}

export function paintHeadBehind(brush: Brush, figure: Figure, actor: Actor): void {
  inHead(brush, figure, (size) => paintHairBehind(brush, hairOf(figure, actor, size)));
}

export function paintHead(brush: Brush, figure: Figure, actor: Actor): void {
  inHead(brush, figure, (size) => {
    const { ctx } = brush;
    const { wardrobe, turn, back, skeleton } = figure;
    const { child, woman } = skeleton.body;
    if (!back) jawShadow(brush, figure);
    ear(brush, figure);
    skull(brush, figure);
    const skin = ctx.createLinearGradient(-0.7, -0.6, 0.6, 0.9);
    skin.addColorStop(0, brush.tint(scale(wardrobe.skin, 1.04)));
    skin.addColorStop(1, brush.tint(mix(wardrobe.skin, wardrobe.skinShade, 0.3)));
    ctx.fillStyle = skin;
    ctx.fill();
    if (!back) {
      if (wardrobe.beard && size > 9) beard(brush, figure);
      paintFace(brush, { wardrobe, expression: actor.expression, turn, woman, child, closed: actor.pose === "lying", size, wideEyed: brush.stage.style === "anime" });
    }
    paintHairOver(brush, hairOf(figure, actor, size));
  });
}

function skull(brush: Brush, figure: Figure): void {
  const { turn: t, skeleton } = figure;
  const { child, woman } = skeleton.body;
  const jaw = child ? 0.5 : woman ? 0.47 : 0.56;
  const chin = child ? 0.2 : woman ? 0.13 : 0.22;
  const low = child ? 0.93 : 1;
  smoothPath(brush.ctx, [
    [0.05 * t, -1], [0.46 + 0.05 * t, -0.84], [0.7 + 0.02 * t, -0.4], [0.685 - 0.01 * t, 0.02], [0.67 - 0.03 * t, 0.3], [jaw + 0.07 * t, 0.64],
    [chin + 0.3 * t, low - 0.03], [0.32 * t, low], [-chin + 0.26 * t, low - 0.04], [-jaw + 0.24 * t, 0.66], [-0.67 + 0.26 * t, 0.34], [-0.71 + 0.06 * t, 0], [-0.74 - 0.06 * t, -0.4], [-0.5 - 0.1 * t, -0.84],
  ]);
}

function jawShadow(brush: Brush, figure: Figure): void {
  const { ctx } = brush;
  ctx.save();
  ctx.globalCompositeOperation = "source-atop";
  ctx.fillStyle = brush.tint(scale(figure.wardrobe.skinShade, 0.62), 0.62);
  ctx.beginPath();
  ctx.ellipse(0.1 * figure.turn, 0.92, 0.52, 0.38, 0, 0, Math.PI * 2);
  ctx.fill();
  ctx.restore();
}

function ear(brush: Brush, figure: Figure): void {
  const { ctx } = brush;
  const { turn, wardrobe } = figure;
  const near = figure.back ? -0.72 : Math.sin(-1.45 + 0.85 * turn) * 0.755;
  const spots = turn < 0.3 || figure.back ? [near, 0.74] : [near];
  for (const x of spots) {
    ctx.fillStyle = brush.tint(scale(wardrobe.skin, 0.93));
    ctx.beginPath();
    ctx.ellipse(x, 0.13, 0.1 + 0.03 * turn, 0.2, x < 0 ? -0.12 : 0.12, 0, Math.PI * 2);
    ctx.fill();
  }
}

/** The near ear lies on the turned head, so it is painted once more over the skull. */
export function paintNearEar(brush: Brush, figure: Figure, actor: Actor): void {
  const style = actor.look.hairStyle;
  if (figure.back || figure.turn < 0.25 || style === "long" || style === "curly") return;
  inHead(brush, figure, () => {
    const { ctx } = brush;
    const { turn, wardrobe } = figure;
    const x = Math.sin(-1.45 + 0.85 * turn) * 0.77;
    ctx.fillStyle = brush.tint(scale(wardrobe.skin, 0.98));
    ctx.beginPath();
    ctx.ellipse(x, 0.12, 0.11 + 0.03 * turn, 0.2, -0.15, 0, Math.PI * 2);
    ctx.fill();
    ctx.strokeStyle = brush.tint(wardrobe.skinShade, 0.8);
    ctx.lineWidth = 0.03;
    ctx.beginPath();
    ctx.ellipse(x + 0.01, 0.1, 0.055, 0.12, -0.15, 0.6, 5.2);
    ctx.stroke();
  });
}

function beard(brush: Brush, figure: Figure): void {
  const { ctx } = brush;
  const { turn: t, wardrobe } = figure;
  ctx.save();
  skull(brush, figure);
  ctx.clip();
  smoothPath(ctx, [[0.7, 0.22], [0.6 + 0.05 * t, 0.5], [0.32 + 0.36 * t, 0.47], [0.4 * t + 0.05, 0.44], [-0.26 + 0.34 * t, 0.48], [-0.42 + 0.24 * t, 0.42], [-0.72 + 0.2 * t, 0.1], [-0.8, 0.7], [0.1, 1.2], [0.8, 0.8]]);
  ctx.fillStyle = brush.tint(mix(wardrobe.hair, wardrobe.skin, 0.16), 0.94);
  ctx.fill();
  ctx.restore();
}
