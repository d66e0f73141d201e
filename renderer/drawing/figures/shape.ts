import type { Context, Point } from "../stage.ts";

/** Adds a limb to the path: joints with their radii, joined by tapering sides. */
export function limbPath(ctx: Context, joints: readonly Point[], radii: readonly number[]): void {
  ctx.beginPath();
  joints.forEach((joint, i) => {
    const r = radii[i] ?? radii.at(-1) ?? 0.05;
    ctx.moveTo(joint.x + r, joint.y);
    ctx.arc(joint.x, joint.y, r, 0, Math.PI * 2);
    const next = joints[i + 1];
    if (!next) return;
    const s = radii[i + 1] ?? r;
    const angle = Math.atan2(next.y - joint.y, next.x - joint.x);
    const nx = -Math.sin(angle);
    const ny = Math.cos(angle);
    // Wound like the circles, so that the overlap stays filled.
    ctx.moveTo(joint.x - nx * r, joint.y - ny * r);
    ctx.lineTo(next.x - nx * s, next.y - ny * s);
    ctx.lineTo(next.x + nx * s, next.y + ny * s);
    ctx.lineTo(joint.x + nx * r, joint.y + ny * r);
    ctx.closePath();
  });
}

/** A smooth closed curve through the points. */
export function smoothPath(ctx: Context, points: readonly (readonly [number, number])[]): void {
  const at = (i: number): readonly [number, number] => points[(i + points.length) % points.length] ?? [0, 0];
  const first = at(0);
  ctx.beginPath();
  ctx.moveTo(first[0], first[1]);
  for (let i = 0; i < points.length; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    ctx.bezierCurveTo(p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6, p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6, p2[0], p2[1]);
  }
  ctx.closePath();
}
