import { scale, type Rgb } from "../color.ts";
import { chance, glow, halfWidthAt, ink, project, softly, type Stage } from "../stage.ts";
import { smoothPath } from "../figures/shape.ts";
import { board, box, contact, surface } from "./solids.ts";

/** Dark leaves at the picture's edge, close to the lens. */
export function leaves(stage: Stage, input: { color: Rgb; top: boolean }): void {
  const { view, light } = stage;
  if (halfWidthAt(stage, stage.camera.subject) < 0.8) return;
  const random = chance(stage, "leaves");
  const side = -light.side;
  const tone = scale(surface(stage, input.color, { facing: 0.2, z: 1 }), 0.5);
  softly(stage, { blur: 4 }, ({ ctx }) => {
    for (let i = 0; i < 34; i++) {
      const t = random();
      const x = side < 0 ? -view.marginX + t * t * view.width * 0.3 : view.width + view.marginX - t * t * view.width * 0.3;
      const y = input.top ? -view.marginY + random() * view.height * 0.24 * (1.3 - t) : view.height + view.marginY - random() * view.height * 0.2;
      const size = view.height * random.between(0.03, 0.075);
      ctx.fillStyle = ink(stage, scale(tone, random.between(0.6, 1.2)), 0.96);
      ctx.beginPath();
      ctx.ellipse(x, y, size, size * 0.4, random() * 3.1, 0, Math.PI * 2);
      ctx.fill();
    }
  });
}

export function rock(stage: Stage, r: { x: number; z: number; size: number; color: Rgb }): void {
  const { ctx, light } = stage;
  contact(stage, { x: r.x, z: r.z, w: r.size * 1.5, d: r.size });
  const p = project(stage.camera, r.x, 0, r.z);
  const random = chance(stage, "rock", r.x.toFixed(2));
  const s = p.scale * r.size;
  const points = Array.from({ length: 9 }, (_, i) => [p.x + Math.cos((i / 8) * Math.PI) * s * random.between(0.62, 0.8), p.y - Math.sin((i / 8) * Math.PI) * s * random.between(0.5, 0.75)] as const);
  smoothPath(ctx, points);
  ctx.fillStyle = ink(stage, surface(stage, r.color, { facing: 0.6, z: r.z }));
  ctx.fill();
  ctx.save();
  ctx.clip();
  ctx.fillStyle = ink(stage, surface(stage, scale(r.color, 0.6), { facing: 0.1, z: r.z }), 0.8);
  smoothPath(ctx, [[p.x - light.side * s * 0.1, p.y - s], [p.x - light.side * s, p.y - s], [p.x - light.side * s, p.y], [p.x + light.side * s * 0.2, p.y + 4]]);
  ctx.fill();
  ctx.restore();
}

/** Shafts of light that fall slantwise through trees. */
export function rays(stage: Stage): void {
  const { view, light } = stage;
  const { disc } = light;
  if (!disc || disc.moon) return;
  const random = chance(stage, "rays");
  softly(stage, { blur: 9, mode: "screen" }, ({ ctx }) => {
    for (let i = 0; i < 6; i++) {
      const x = view.width * (0.5 + light.side * (0.1 + i * 0.11));
      const w = view.width * random.between(0.02, 0.06);
      const beam = ctx.createLinearGradient(x, 0, x - light.side * view.width * 0.3, view.height);
      beam.addColorStop(0, ink(stage, disc.color, 0.34));
      beam.addColorStop(1, ink(stage, disc.color, 0));
      ctx.fillStyle = beam;
      ctx.beginPath();
      ctx.moveTo(x, -view.marginY);
      ctx.lineTo(x + w, -view.marginY);
      ctx.lineTo(x + w * 2 - light.side * view.width * 0.34, view.height);
      ctx.lineTo(x - light.side * view.width * 0.34, view.height);
      ctx.fill();
    }
  });
}

/** Low leaves in clumps, lit from above. */
export function bush(stage: Stage, b: { x: number; z: number; size: number }): void {
  const random = chance(stage, "bush", b.x.toFixed(2));
  const p = project(stage.camera, b.x, 0, b.z);
  for (let pass = 0; pass < 3; pass++) for (let i = 0; i < 6; i++) {
    const s = p.scale * b.size;
    stage.ctx.fillStyle = ink(stage, surface(stage, scale([0.2, 0.32, 0.15], [0.6, 1, 1.35][pass] ?? 1), { facing: [0.2, 0.5, 0.9][pass] ?? 0.5, z: b.z }));
    stage.ctx.beginPath();
    stage.ctx.ellipse(p.x + (random() - 0.5) * s * 1.5, p.y - s * (0.14 + pass * 0.13 + random() * 0.16), s * (0.3 - pass * 0.06), s * (0.2 - pass * 0.04), 0, 0, Math.PI * 2);
    stage.ctx.fill();
  }
}

export function trunk(stage: Stage, t: { x: number; z: number; r: number }): void {
  contact(stage, { x: t.x, z: t.z, w: t.r * 4, d: t.r * 2 });
  const { ctx, light } = stage;
  const foot = project(stage.camera, t.x, 0, t.z);
  const w = t.r * foot.scale;
  const top = -stage.view.marginY;
  const bark: Rgb = [0.34, 0.26, 0.19];
  const round = ctx.createLinearGradient(foot.x - w, 0, foot.x + w, 0);
  round.addColorStop(light.side < 0 ? 0.12 : 0.88, ink(stage, surface(stage, bark, { facing: 0.9, z: t.z })));
  round.addColorStop(light.side < 0 ? 1 : 0, ink(stage, surface(stage, scale(bark, 0.5), { facing: 0.1, z: t.z })));
  ctx.fillStyle = round;
  ctx.beginPath();
  ctx.moveTo(foot.x - w * 1.5, foot.y + w * 0.2);
  ctx.quadraticCurveTo(foot.x - w, foot.y - w, foot.x - w * 0.85, top);
  ctx.lineTo(foot.x + w * 0.85, top);
  ctx.quadraticCurveTo(foot.x + w, foot.y - w, foot.x + w * 1.5, foot.y + w * 0.2);
  ctx.fill();
}

export function dunes(stage: Stage): void {
  const { ctx, view, light } = stage;
  for (const [z, lift] of [[60, 2.2], [30, 1.3], [15, 0.6]] as const) {
    const p = project(stage.camera, 0, 0, z);
    const random = chance(stage, "dune", z);
    const phase = random() * 6;
    ctx.beginPath();
    ctx.moveTo(-view.marginX, p.y + 90);
    for (let i = 0; i <= 24; i++) ctx.lineTo(-view.marginX + ((view.width + 2 * view.marginX) * i) / 24, p.y - lift * p.scale * (0.5 + 0.5 * Math.sin(phase + i * 0.42)));
    ctx.lineTo(view.width + view.marginX, p.y + 90);
    const fill = ctx.createLinearGradient(0, p.y - lift * p.scale, 0, p.y + 80);
    fill.addColorStop(0, ink(stage, surface(stage, [0.94, 0.74, 0.48], { facing: 0.95, z })));
    fill.addColorStop(0.5, ink(stage, surface(stage, [0.72, 0.5, 0.32], { facing: 0.5, z })));
    fill.addColorStop(1, ink(stage, surface(stage, [0.8, 0.6, 0.38], { facing: 0.7, z }), 0));
    ctx.fillStyle = fill;
    ctx.fill();
  }
  if (light.disc && !light.disc.moon) glow(stage, { x: view.width * (0.5 + light.disc.x * 0.5), y: stage.camera.horizon }, view.width * 0.4, light.disc.color, 0.3);
}

export function cactus(stage: Stage, x: number, z: number, h: number): void {
  const color: Rgb = [0.28, 0.42, 0.24];
  contact(stage, { x, z, w: 0.9, d: 0.5 });
  box(stage, { x, y: 0, z, w: 0.34, h, d: 0.3 }, color);
  for (const s of [-1, 1]) {
    box(stage, { x: x + s * 0.42, y: h * (0.42 + s * 0.08), z, w: 0.6, h: 0.24, d: 0.24 }, color);
    box(stage, { x: x + s * 0.62, y: h * (0.42 + s * 0.08), z, w: 0.24, h: h * 0.34, d: 0.24 }, scale(color, 1.1));
  }
  board(stage, { x, y: h, z, w: 0.2, h: 0.08 }, color);
}
