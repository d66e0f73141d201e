import { mix, scale, type Rgb } from "../color.ts";
import { throughAir } from "../light.ts";
import type { Random } from "../random.ts";
import { chance, glow, ink, linear, project, type Stage } from "../stage.ts";
import { surface } from "./solids.ts";

/** A line of hills, mountains or roofs against the sky, at a distance in metres. */
export function ridge(stage: Stage, r: { name: string; height: number; rough: number; color: Rgb; distance: number; base?: number; peaks?: boolean; snow?: boolean }): void {
  const { ctx, view, camera, light } = stage;
  const random = chance(stage, "ridge", r.name);
  const base = r.base ?? camera.horizon + 2;
  const tall = view.height * r.height;
  const left = -view.marginX;
  const width = view.width + 2 * view.marginX;
  const points = ridgeLine(random, { peaks: r.peaks ?? false, rough: r.rough });
  const color = throughAir(light, surface(stage, r.color, { facing: 0.5, z: 0 }), r.distance);
  ctx.beginPath();
  ctx.moveTo(left, base + view.height * 0.3);
  points.forEach((h, i) => ctx.lineTo(left + (width * i) / (points.length - 1), base - tall * h));
  ctx.lineTo(left + width, base + view.height * 0.3);
  ctx.closePath();
  ctx.fillStyle = linear(stage, { x: 0, y: base - tall }, { x: 0, y: base }, [
    { at: 0, color },
    { at: 1, color: mix(color, light.haze, 0.55) },
  ]);
  ctx.fill();
  if (r.peaks) slopes(stage, { points, left, width, base, tall, snow: r.snow ?? false, distance: r.distance, color });
}

function ridgeLine(random: Random, input: { peaks: boolean; rough: number }): number[] {
  const count = 64;
  const phases = [0, 1, 2, 3].map(() => random() * 6.28);
  if (!input.peaks) return Array.from({ length: count + 1 }, (_, i) => 0.5 + 0.28 * Math.sin((i / count) * 7 + (phases[0] ?? 0)) + 0.16 * Math.sin((i / count) * 15 + (phases[1] ?? 0)) + input.rough * 0.2 * (random() - 0.5));
  const tops = Array.from({ length: 6 }, () => ({ at: random(), h: 0.45 + random() * 0.55, steep: 2.4 + random() * 2 }));
  return Array.from({ length: count + 1 }, (_, i) => Math.max(...tops.map((t) => t.h - Math.abs(i / count - t.at) * t.steep), 0.12) + (random() - 0.5) * 0.07);
}

/** The side of each peak that turns from the light, and snow above. */
function slopes(stage: Stage, m: { points: number[]; left: number; width: number; base: number; tall: number; snow: boolean; distance: number; color: Rgb }): void {
  const { ctx, light } = stage;
  const at = (i: number): { x: number; y: number } => ({ x: m.left + (m.width * i) / (m.points.length - 1), y: m.base - m.tall * (m.points[i] ?? 0) });
  for (let i = 1; i < m.points.length - 1; i++) {
    const h = m.points[i] ?? 0;
    if (h < (m.points[i - 1] ?? 0) || h < (m.points[i + 1] ?? 0) || h < 0.3) continue;
    const top = at(i);
    const drop = m.tall * h;
    ctx.beginPath();
    ctx.moveTo(top.x, top.y);
    for (let k = i; k >= 0 && k <= m.points.length - 1 && Math.abs(k - i) < 12; k -= light.side) ctx.lineTo(at(k).x, at(k).y);
    ctx.lineTo(top.x - light.side * drop * 0.2, m.base);
    ctx.lineTo(top.x + light.side * drop * 0.08, top.y + drop * 0.5);
    ctx.closePath();
    ctx.fillStyle = ink(stage, scale(m.color, 0.72), 0.7);
    ctx.fill();
    if (!m.snow) continue;
    ctx.beginPath();
    ctx.moveTo(top.x, top.y - 1);
    for (const [dx, dy] of [[0.16, 0.22], [0.08, 0.2], [0.05, 0.34], [-0.02, 0.22], [-0.07, 0.32], [-0.1, 0.2], [-0.17, 0.24]] as const) ctx.lineTo(top.x + dx * drop, top.y + dy * drop);
    ctx.closePath();
    ctx.fillStyle = ink(stage, throughAir(light, surface(stage, [0.96, 0.97, 1], { facing: 0.9, z: 0 }), m.distance * 0.6), 0.9);
    ctx.fill();
  }
}

export interface TreeSpot {
  x: number;
  z: number;
  h: number;
}

/** A leafy tree: trunk, boughs, and a crown of lit and shaded clumps. */
export function tree(stage: Stage, at: TreeSpot, input: { leaf: Rgb; bare?: boolean } = { leaf: [0.24, 0.4, 0.18] }): void {
  const { ctx, light } = stage;
  const random = chance(stage, "tree", at.x.toFixed(2), at.z.toFixed(2));
  const foot = project(stage.camera, at.x, 0, at.z);
  const s = foot.scale * at.h;
  const bark = surface(stage, [0.3, 0.22, 0.16], { facing: 0.4, z: at.z });
  ctx.strokeStyle = ink(stage, bark);
  ctx.lineCap = "round";
  const bough = (x: number, y: number, angle: number, long: number, thick: number, level: number): void => {
    const ex = x + Math.cos(angle) * long;
    const ey = y + Math.sin(angle) * long;
    ctx.lineWidth = thick;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(ex, ey);
    ctx.stroke();
    if (level > 0) for (const turn of [-0.5, 0.42]) bough(ex, ey, angle + turn + (random() - 0.5) * 0.3, long * (0.6 + random() * 0.2), thick * 0.6, level - 1);
  };
  bough(foot.x, foot.y, -Math.PI / 2 + (random() - 0.5) * 0.12, s * 0.4, Math.max(1, s * 0.055), input.bare ? 4 : 2);
  if (input.bare) return;
  for (let pass = 0; pass < 3; pass++) for (let i = 0; i < 9; i++) {
    const a = random() * 6.28;
    const d = Math.sqrt(random()) * 0.24;
    const shift = pass * 0.05;
    const x = foot.x + (Math.cos(a) * d * 1.15 + light.side * shift) * s;
    const y = foot.y - s * (0.68 + shift * 0.9) + Math.sin(a) * d * s * 0.85;
    ctx.fillStyle = ink(stage, surface(stage, scale(input.leaf, [0.6, 1, 1.3][pass] ?? 1), { facing: [0.25, 0.6, 0.95][pass] ?? 0.5, z: at.z }), pass === 2 ? 0.75 : 1);
    ctx.beginPath();
    ctx.ellipse(x, y, s * (0.15 - pass * 0.028), s * (0.12 - pass * 0.025), a, 0, Math.PI * 2);
    ctx.fill();
  }
}

/** A conifer of drooping tiers, snow on them where it snows. */
export function pine(stage: Stage, at: TreeSpot, color: Rgb = [0.14, 0.28, 0.2]): void {
  const { ctx, light } = stage;
  const foot = project(stage.camera, at.x, 0, at.z);
  const s = foot.scale * at.h;
  const random = chance(stage, "pine", at.x.toFixed(2), at.z.toFixed(2));
  ctx.fillStyle = ink(stage, surface(stage, [0.28, 0.2, 0.14], { facing: 0.4, z: at.z }));
  ctx.fillRect(foot.x - s * 0.02, foot.y - s * 0.3, s * 0.04, s * 0.3);
  for (let i = 0; i < 7; i++) {
    const y = foot.y - s * (0.12 + i * 0.125);
    const w = s * (0.25 - i * 0.031) * (0.9 + random() * 0.2);
    for (const half of [-1, 1]) {
      ctx.beginPath();
      ctx.moveTo(foot.x, y - s * 0.21);
      ctx.lineTo(foot.x + half * w, y + s * 0.02);
      ctx.quadraticCurveTo(foot.x + half * w * 0.5, y - s * 0.025, foot.x, y + s * 0.01);
      ctx.closePath();
      ctx.fillStyle = ink(stage, surface(stage, color, { facing: half === light.side ? 0.85 : 0.2, z: at.z }));
      ctx.fill();
      if (light.weather === "snow") {
        ctx.beginPath();
        ctx.moveTo(foot.x, y - s * 0.21);
        ctx.lineTo(foot.x + half * w * 0.9, y - s * 0.004);
        ctx.lineTo(foot.x, y - s * 0.1);
        ctx.fillStyle = ink(stage, surface(stage, [0.95, 0.97, 1], { facing: 0.8, z: at.z }), 0.85);
        ctx.fill();
      }
    }
  }
}

/** Grass blades along the near ground. */
export function grass(stage: Stage, g: { color: Rgb; from: number; to: number; count: number; tall: number; name: string }): void {
  const { ctx, view, camera } = stage;
  const random = chance(stage, "grass", g.name);
  ctx.lineCap = "round";
  for (let i = 0; i < g.count; i++) {
    const z = g.to * (g.from / g.to) ** (i / g.count);
    const p = project(camera, 0, 0, z);
    if (p.y > view.height + view.marginY + 40) continue;
    const x = -view.marginX + random() * (view.width + 2 * view.marginX);
    const h = g.tall * p.scale * (0.5 + random() * 0.8);
    ctx.strokeStyle = ink(stage, surface(stage, scale(g.color, 0.65 + random() * 0.75), { facing: 0.4 + random() * 0.5, z }));
    ctx.lineWidth = Math.max(0.7, h * 0.045);
    ctx.beginPath();
    ctx.moveTo(x, p.y);
    ctx.quadraticCurveTo(x + (random() - 0.5) * h * 0.3, p.y - h * 0.6, x + (random() - 0.4) * h * 0.7, p.y - h);
    ctx.stroke();
  }
}

/** A street lamp on its post, lit after sunset. */
export function streetLamp(stage: Stage, at: { x: number; z: number; h?: number; lean?: number }): void {
  const { ctx, light } = stage;
  const { h = 5, lean = 1 } = at;
  const foot = project(stage.camera, at.x, 0, at.z);
  const top = project(stage.camera, at.x, h, at.z);
  const arm = foot.scale * 0.9 * lean;
  ctx.strokeStyle = ink(stage, surface(stage, [0.16, 0.17, 0.18], { facing: 0.4, z: at.z }));
  ctx.lineWidth = Math.max(1.2, foot.scale * 0.09);
  ctx.lineCap = "round";
  ctx.beginPath();
  ctx.moveTo(foot.x, foot.y);
  ctx.lineTo(top.x, top.y + foot.scale * 0.4);
  ctx.quadraticCurveTo(top.x, top.y, top.x + arm, top.y);
  ctx.stroke();
  const bulb = { x: top.x + arm, y: top.y + foot.scale * 0.12 };
  if (light.lamps > 0.2) {
    glow(stage, bulb, foot.scale * 3.4, [1, 0.76, 0.42], 0.75 * light.lamps);
    const pool = project(stage.camera, at.x + 0.9 * lean, 0, at.z);
    ctx.save();
    ctx.globalCompositeOperation = "screen";
    ctx.translate(pool.x, pool.y);
    ctx.scale(1, 0.22);
    const spot = ctx.createRadialGradient(0, 0, 0, 0, 0, foot.scale * 3.2);
    spot.addColorStop(0, ink(stage, [1, 0.76, 0.42], 0.42 * light.lamps));
    spot.addColorStop(1, ink(stage, [1, 0.76, 0.42], 0));
    ctx.fillStyle = spot;
    ctx.fillRect(-foot.scale * 3.2, -foot.scale * 3.2, foot.scale * 6.4, foot.scale * 6.4);
    ctx.restore();
  }
  ctx.fillStyle = ink(stage, light.lamps > 0.2 ? [1.3, 1.1, 0.8] : surface(stage, [0.7, 0.7, 0.66], { facing: 0.7, z: at.z }));
  ctx.beginPath();
  ctx.ellipse(bulb.x, bulb.y, foot.scale * 0.26, foot.scale * 0.11, 0, 0, Math.PI * 2);
  ctx.fill();
}

/** Water from the shore (or from our feet) to the horizon, with the sky and the sun's path in it. */
export function water(stage: Stage, w: { top: number; bottom: number }): void {
  const { ctx, view, light } = stage;
  const x0 = -view.marginX;
  const width = view.width + 2 * view.marginX;
  ctx.fillStyle = linear(stage, { x: 0, y: w.top }, { x: 0, y: w.bottom }, [
    { at: 0, color: mix(light.sky[2], [0.3, 0.5, 0.6], 0.25) },
    { at: 0.25, color: mix(scale(light.sky[1], 0.72), [0.1, 0.3, 0.4], 0.25) },
    { at: 1, color: mix(scale(light.sky[0], 0.5), [0.03, 0.14, 0.2], 0.4) },
  ]);
  ctx.fillRect(x0, w.top, width, w.bottom - w.top);
  const random = chance(stage, "water");
  const sunX = light.disc ? view.width * (0.5 + light.disc.x * 0.5) : view.width * 0.5;
  for (let i = 0; i < 260; i++) {
    const t = random() ** 1.7;
    const y = w.top + (w.bottom - w.top) * t;
    const long = view.width * (0.012 + 0.09 * t) * (0.5 + random());
    const onPath = light.disc !== null && random() < 0.45;
    const x = onPath ? sunX + (random() + random() - 1) * view.width * (0.05 + 0.16 * t) : x0 + random() * width;
    ctx.fillStyle = onPath && light.disc ? ink(stage, light.disc.color, 0.6 * (1 - t * 0.5)) : ink(stage, random() < 0.5 ? light.sky[2] : scale(light.sky[0], 0.45), 0.24);
    ctx.beginPath();
    ctx.ellipse(x, y, long / 2, 0.7 + 2.4 * t, 0, 0, Math.PI * 2);
    ctx.fill();
  }
}
