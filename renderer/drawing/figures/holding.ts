import { scale } from "../color.ts";
import { paintProp } from "../props/paint.ts";
import type { PropName } from "../props/names.ts";
import type { Figure } from "./body.ts";
import { line } from "./body.ts";
import type { Brush } from "./brush.ts";
import { smoothPath } from "./shape.ts";

/** Metres that the longer side of a thing measures in a hand. */
const held: Partial<Record<PropName, number>> = { umbrella: 1.0, guitar: 0.95, suitcase: 0.55, bag: 0.42, sword: 0.9, bicycle: 0, car: 0, laptop: 0.36, flowers: 0.42, map: 0.44, box: 0.36, book: 0.26, lamp: 0.3, phone: 0.16, ring: 0.07, coin: 0.08, key: 0.12, paper: 0.28, gun: 0.24, bottle: 0.3 };

/** A thing in a hand: mostly the far one, which is the one that reaches out. */
export function paintHeld(brush: Brush, figure: Figure, input: { prop: PropName; arm: "nearArm" | "farArm" }): void {
  const { prop } = input;
  const size = held[prop] ?? 0.2;
  if (size === 0) return;
  const { ctx } = brush;
  const [, elbow, wrist] = figure.skeleton[input.arm];
  const hanging = (prop === "suitcase" || prop === "bag") && wrist.y > elbow.y + 0.05;
  ctx.save();
  const along = Math.atan2(wrist.y - elbow.y, wrist.x - elbow.x);
  ctx.translate(wrist.x + Math.cos(along) * 0.05, wrist.y + Math.sin(along) * 0.05);
  if (prop === "umbrella") ctx.translate(-0.05, -size * 0.38);
  else if (hanging) ctx.translate(0, size * 0.46);
  else if (prop === "guitar") ctx.translate(-0.16, 0.05);
  else ctx.translate(0.01, -size * 0.16);
  ctx.scale(size / 2, size / 2);
  paintProp({ ctx, tint: (color, alpha) => brush.tint(color, alpha), detail: brush.scale * size }, prop);
  ctx.restore();
}

/** A plain chair under somebody who sits, where the set has put none. */
export function paintSeat(brush: Brush, figure: Figure): void {
  const { ctx } = brush;
  const { hip, body } = figure.skeleton;
  const h = body.height;
  const seat = hip.y + 0.05 * h;
  const wood = scale([0.36, 0.25, 0.17], 1);
  for (const x of [-0.16, 0.13]) line(brush, [[hip.x + x * h * 0.8, seat], [hip.x + x * h, 0]], { color: brush.tint(scale(wood, 0.7)), width: 0.026 * h });
  line(brush, [[hip.x - 0.115 * h, seat], [hip.x - 0.15 * h, seat - 0.3 * h]], { color: brush.tint(scale(wood, 0.8)), width: 0.03 * h });
  smoothPath(ctx, [[hip.x - 0.17 * h, seat - 0.34 * h], [hip.x - 0.1 * h, seat - 0.34 * h], [hip.x - 0.09 * h, seat - 0.16 * h], [hip.x - 0.14 * h, seat - 0.14 * h]]);
  ctx.fillStyle = brush.tint(wood);
  ctx.fill();
  smoothPath(ctx, [[hip.x - 0.15 * h, seat - 0.01 * h], [hip.x + 0.15 * h, seat - 0.01 * h], [hip.x + 0.16 * h, seat + 0.026 * h], [hip.x - 0.15 * h, seat + 0.028 * h]]);
  ctx.fillStyle = brush.tint(scale(wood, 1.15));
  ctx.fill();
}
