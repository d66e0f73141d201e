import { mix, parseHex, scale, type Rgb } from "../color.ts";
import type { Placement } from "../compose.ts";
import { line } from "./body.ts";
import type { Brush } from "./brush.ts";
import { limbPath } from "./shape.ts";
import { skeletonOf } from "./skeleton.ts";
import type { Point } from "../stage.ts";

const STEEL: Rgb = [0.62, 0.66, 0.7];

/** A machine that goes upright: shells on rods, ball joints, and a lit visor instead of a face. */
export function paintRobot(brush: Brush, placement: Placement): void {
  const { look } = placement.actor;
  const pose = placement.actor.pose === "lying" ? { ...placement.actor, pose: "standing" as const } : placement.actor;
  const s = skeletonOf(pose, placement.turn);
  const shell = mix(parseHex(look.top), STEEL, 0.35);
  const h = s.body.height;
  const limb = (joints: readonly Point[], shade: number): void => {
    rod(brush, joints, { width: 0.022 * h, color: scale([0.25, 0.27, 0.3], shade) });
    joints.slice(0, 2).forEach((from, i) => {
      const to = joints[i + 1];
      if (to) rod(brush, [toward(from, to, 0.16), toward(from, to, 0.8)], { width: (i === 0 ? 0.068 : 0.058) * h, color: scale(shell, shade) });
    });
    for (const joint of joints) ball(brush, joint, 0.022 * h, scale(STEEL, shade * 0.8));
  };
  limb(s.farArm, 0.7);
  limb(s.farLeg, 0.7);
  limb(s.nearLeg, 1);
  for (const leg of [s.farLeg, s.nearLeg]) plate(brush, { x: leg[2].x - 0.035 * h, y: leg[2].y - 0.005 * h, w: 0.11 * h, h: 0.036 * h, r: 0.014 * h }, scale(shell, 0.75));
  trunk(brush, { hip: s.hip, neck: s.neck, h, shell });
  limb(s.nearArm, 1);
  head(brush, { at: s.head, size: s.body.head, turn: placement.turn, shell, back: placement.role === "shoulder", eye: parseHex(look.hair) });
}

function toward(a: Point, b: Point, t: number): Point {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

function rod(brush: Brush, joints: readonly Point[], pen: { width: number; color: Rgb }): void {
  limbPath(brush.ctx, joints, joints.map(() => pen.width / 2));
  brush.ctx.fillStyle = brush.tint(pen.color);
  brush.ctx.fill("nonzero");
}

function ball(brush: Brush, at: Point, r: number, color: Rgb): void {
  brush.ctx.fillStyle = brush.tint(color);
  brush.ctx.beginPath();
  brush.ctx.arc(at.x, at.y, r, 0, Math.PI * 2);
  brush.ctx.fill();
}

function plate(brush: Brush, box: { x: number; y: number; w: number; h: number; r: number }, color: Rgb): void {
  const { ctx } = brush;
  const sheen = ctx.createLinearGradient(box.x, box.y, box.x + box.w, box.y + box.h);
  sheen.addColorStop(0, brush.tint(scale(color, 1.25)));
  sheen.addColorStop(0.5, brush.tint(color));
  sheen.addColorStop(1, brush.tint(scale(color, 0.62)));
  ctx.fillStyle = sheen;
  ctx.beginPath();
  ctx.roundRect(box.x, box.y, box.w, box.h, box.r);
  ctx.fill();
}

function trunk(brush: Brush, input: { hip: Point; neck: Point; h: number; shell: Rgb }): void {
  const { ctx } = brush;
  const { hip, neck, h, shell } = input;
  const length = Math.hypot(neck.x - hip.x, neck.y - hip.y);
  ctx.save();
  ctx.translate(hip.x, hip.y);
  ctx.rotate(Math.atan2(neck.x - hip.x, hip.y - neck.y));
  plate(brush, { x: -0.03 * h, y: -length - 0.05 * h, w: 0.06 * h, h: 0.08 * h, r: 0.01 * h }, [0.3, 0.32, 0.35]);
  plate(brush, { x: -0.075 * h, y: -0.045 * h, w: 0.15 * h, h: 0.08 * h, r: 0.03 * h }, scale(shell, 0.8));
  plate(brush, { x: -0.055 * h, y: -length * 0.45, w: 0.11 * h, h: length * 0.42, r: 0.02 * h }, [0.3, 0.32, 0.35]);
  plate(brush, { x: -0.13 * h, y: -length, w: 0.26 * h, h: length * 0.6, r: 0.045 * h }, shell);
  plate(brush, { x: -0.06 * h, y: -length * 0.86, w: 0.12 * h, h: length * 0.2, r: 0.02 * h }, scale(shell, 0.6));
  ctx.fillStyle = brush.tint([0.5, 1, 0.95]);
  ctx.beginPath();
  ctx.arc(0.01 * h, -length * 0.76, 0.016 * h, 0, Math.PI * 2);
  ctx.fill();
  line(brush, [[-0.1 * h, -length * 0.5], [0.1 * h, -length * 0.5]], { color: brush.tint(scale(shell, 0.5)), width: 0.005 * h });
  ctx.restore();
}

function head(brush: Brush, input: { at: Point; size: number; turn: number; shell: Rgb; back: boolean; eye: Rgb }): void {
  const { ctx } = brush;
  const { at, size, turn, shell } = input;
  const w = size * 0.86;
  ctx.save();
  ctx.translate(at.x, at.y);
  line(brush, [[-w * 0.2, -size * 0.5], [-w * 0.24, -size * 0.78]], { color: brush.tint(STEEL), width: size * 0.03 });
  ball(brush, { x: -w * 0.24, y: -size * 0.78 }, size * 0.05, [1, 0.35, 0.25]);
  plate(brush, { x: -w / 2, y: -size / 2, w, h: size, r: size * 0.24 }, shell);
  plate(brush, { x: -w / 2 - size * 0.05, y: -size * 0.14, w: size * 0.14, h: size * 0.3, r: size * 0.05 }, scale(STEEL, 0.7));
  if (!input.back) {
    const x = -w * 0.34 + turn * w * 0.16;
    plate(brush, { x, y: -size * 0.2, w: w * 0.74, h: size * 0.34, r: size * 0.14 }, [0.06, 0.08, 0.11]);
    const glow: Rgb = mix(mix(input.eye, [0.4, 0.95, 1], 0.6), [1, 1, 1], 0.2);
    for (const side of [0.2, 0.54]) {
      const cx = x + w * side;
      const light = ctx.createRadialGradient(cx, -size * 0.03, 0, cx, -size * 0.03, size * 0.17);
      light.addColorStop(0, brush.tint([1.6, 1.6, 1.6]));
      light.addColorStop(0.35, brush.tint(scale(glow, 1.7)));
      light.addColorStop(1, brush.tint(glow, 0));
      ctx.fillStyle = light;
      ctx.fillRect(cx - size * 0.2, -size * 0.2, size * 0.4, size * 0.34);
    }
    for (let i = 0; i < 4; i++) line(brush, [[x + w * (0.22 + i * 0.1), size * 0.26], [x + w * (0.22 + i * 0.1), size * 0.36]], { color: brush.tint(scale(shell, 0.45)), width: size * 0.025 });
  }
  ctx.restore();
}
