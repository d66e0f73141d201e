import { mix, scale, type Rgb } from "../color.ts";
import { lit, throughAir } from "../light.ts";
import { halfWidthAt, ink, project, trace, type Point, type Stage } from "../stage.ts";

/** A point of the world in metres: right, up, away. */
export type Vertex = readonly [x: number, y: number, z: number];

const NEAR = 0.35;

/** Cuts off what lies behind the camera. */
function clipNear(points: readonly Vertex[]): Vertex[] {
  const kept: Vertex[] = [];
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length] ?? a;
    if (a[2] >= NEAR) kept.push(a);
    if (a[2] >= NEAR !== b[2] >= NEAR) {
      const t = (NEAR - a[2]) / (b[2] - a[2]);
      kept.push([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, NEAR]);
    }
  });
  return kept;
}

export function onPicture(stage: Stage, points: readonly Vertex[]): Point[] {
  return clipNear(points).map(([x, y, z]) => project(stage.camera, x, y, z));
}

/** A flat face of the world, in the colour that light and air give it. `facing` 0-1 is how much it looks towards the light. */
export function face(stage: Stage, points: readonly Vertex[], color: Rgb, facing: number): void {
  const shape = onPicture(stage, points);
  if (shape.length < 3) return;
  const z = points.reduce((sum, p) => sum + p[2], 0) / points.length;
  trace(stage.ctx, shape);
  stage.ctx.fillStyle = ink(stage, surface(stage, color, { facing, z }));
  stage.ctx.fill();
}

export function surface(stage: Stage, color: Rgb, at: { facing: number; z: number }): Rgb {
  return throughAir(stage.light, lit(stage.light, color, at.facing), at.z);
}

export interface Box {
  /** Middle of the base, and sizes, in metres. */
  x: number;
  y: number;
  z: number;
  w: number;
  h: number;
  d: number;
}

/** A block: the faces that the camera sees, each in its own light. */
export function box(stage: Stage, b: Box, color: Rgb): void {
  const { light, camera } = stage;
  const [l, r, t, f, k] = [b.x - b.w / 2, b.x + b.w / 2, b.y + b.h, b.z - b.d / 2, b.z + b.d / 2];
  const towards = (side: -1 | 1): number => (light.side === side ? 0.95 : 0.22);
  if (camera.height > t) face(stage, [[l, t, f], [r, t, f], [r, t, k], [l, t, k]], color, 1);
  if (camera.height < b.y) face(stage, [[l, b.y, f], [r, b.y, f], [r, b.y, k], [l, b.y, k]], color, 0.1);
  if (l > 0) face(stage, [[l, b.y, f], [l, b.y, k], [l, t, k], [l, t, f]], color, towards(-1));
  if (r < 0) face(stage, [[r, b.y, f], [r, b.y, k], [r, t, k], [r, t, f]], color, towards(1));
  face(stage, [[l, b.y, f], [r, b.y, f], [r, t, f], [l, t, f]], color, 0.58);
}

/** A rectangle that faces the camera. */
export function board(stage: Stage, b: { x: number; y: number; z: number; w: number; h: number }, color: Rgb, facing = 0.6): void {
  face(stage, [[b.x - b.w / 2, b.y, b.z], [b.x + b.w / 2, b.y, b.z], [b.x + b.w / 2, b.y + b.h, b.z], [b.x - b.w / 2, b.y + b.h, b.z]], color, facing);
}

/** A soft dark patch under a thing on the floor. */
export function contact(stage: Stage, at: { x: number; z: number; w: number; d: number }): void {
  const { ctx } = stage;
  const p = project(stage.camera, at.x, 0, at.z);
  const rx = at.w * 0.62 * p.scale;
  const ry = Math.max(2, (stage.camera.height / at.z) * at.d * 0.7 * p.scale);
  ctx.save();
  ctx.translate(p.x, p.y);
  ctx.scale(1, ry / rx);
  const shade = ctx.createRadialGradient(0, 0, 0, 0, 0, rx);
  const color = scale(stage.light.ambient, 0.25);
  shade.addColorStop(0, ink(stage, color, 0.55));
  shade.addColorStop(0.7, ink(stage, color, 0.32));
  shade.addColorStop(1, ink(stage, color, 0));
  ctx.fillStyle = shade;
  ctx.fillRect(-rx, -rx, rx * 2, rx * 2);
  ctx.restore();
}

/** The ground from the camera to a distance, with its own gradient: bright far off, darker at our feet. */
export function ground(stage: Stage, input: { color: Rgb; far: number; facing?: number }): void {
  const { ctx, camera, view } = stage;
  const top = project(camera, 0, 0, input.far).y;
  const bottom = view.height + view.marginY;
  const facing = input.facing ?? 0.75;
  const fill = ctx.createLinearGradient(0, top, 0, bottom);
  for (const at of [0, 0.06, 0.16, 0.34, 0.65, 1]) {
    const y = top + (bottom - top) * at;
    const z = Math.min(input.far, (camera.focal * camera.height) / Math.max(0.5, y - camera.horizon));
    const near = mix(input.color, scale(input.color, 0.7), at);
    fill.addColorStop(at, ink(stage, surface(stage, near, { facing, z })));
  }
  ctx.fillStyle = fill;
  ctx.fillRect(-view.marginX, top, view.width + 2 * view.marginX, bottom - top);
}

/** Lines on the ground that run to the vanishing point, or across. */
export function floorLines(stage: Stage, input: { color: Rgb; alpha: number; step: number; far: number; across: boolean; width?: number }): void {
  const { ctx, camera } = stage;
  const half = halfWidthAt(stage, input.far) * 1.4;
  ctx.strokeStyle = ink(stage, input.color, input.alpha);
  ctx.lineWidth = input.width ?? 1.4;
  ctx.beginPath();
  const segment = (a: Vertex, b: Vertex): void => {
    const p = project(camera, ...a);
    const q = project(camera, ...b);
    ctx.moveTo(p.x, p.y);
    ctx.lineTo(q.x, q.y);
  };
  const step = Math.max(input.step, half / 45);
  for (let x = -Math.ceil(half / step) * step; x <= half; x += step) segment([x, 0, NEAR * 2], [x, 0, input.far]);
  if (input.across) for (let z = 0.8; z < input.far; z += Math.max(input.step, z * 0.04)) segment([-half, 0, z], [half, 0, z]);
  ctx.stroke();
}
