import { mix, scale, type Rgb } from "../color.ts";
import { chance, everywhere, glow, ink, project, radial, type Stage } from "../stage.ts";
import type { ArchetypeName } from "./archetypes.ts";
import { ridge } from "./scenery.ts";
import type { SetPainter } from "./set.ts";
import { paintSky } from "./sky.ts";
import { ground, onPicture, surface } from "./solids.ts";

/** Cuts a rounded hole into the plane, so that what lies behind shows through. */
function cut(stage: Stage, hole: { x: number; y: number; w: number; h: number; r: number }): void {
  const { ctx } = stage;
  ctx.save();
  ctx.globalCompositeOperation = "destination-out";
  ctx.beginPath();
  ctx.roundRect(hole.x, hole.y, hole.w, hole.h, hole.r);
  ctx.fill();
  ctx.restore();
}

function outside(stage: Stage): void {
  paintSky(stage);
  ridge(stage, { name: "drive far", height: 0.2, rough: 0.8, color: [0.34, 0.4, 0.42], distance: 150 });
  ridge(stage, { name: "drive", height: 0.1, rough: 1.2, color: [0.24, 0.32, 0.24], distance: 60 });
  ground(stage, { color: [0.36, 0.36, 0.36], far: 120 });
  if (stage.light.lamps < 0.3) return;
  const random = chance(stage, "traffic");
  for (let i = 0; i < 22; i++) {
    const p = project(stage.camera, (random() - 0.5) * 40, random() * 4, 14 + random() * 40);
    glow(stage, p, stage.view.height * random.between(0.02, 0.06), random.pick<Rgb>([[1, 0.75, 0.4], [1, 0.3, 0.25], [0.7, 0.85, 1]]), 0.85);
  }
}

const car: SetPainter = {
  far: outside,
  mid: (stage) => {
    const { ctx, view } = stage;
    const { width: w, height: h } = view;
    const [x, y, fw, fh] = everywhere(view);
    const skin = scale(surface(stage, [0.3, 0.28, 0.28], { facing: 0.7, z: 1 }), 1);
    const roof = ctx.createLinearGradient(0, 0, 0, h);
    roof.addColorStop(0, ink(stage, scale(skin, 0.6)));
    roof.addColorStop(0.5, ink(stage, skin));
    roof.addColorStop(1, ink(stage, scale(skin, 0.4)));
    ctx.fillStyle = roof;
    ctx.fillRect(x, y, fw, fh);
    // The rear window and the side windows, as the camera sees them from the bonnet.
    cut(stage, { x: w * 0.2, y: h * 0.12, w: w * 0.6, h: h * 0.32, r: h * 0.07 });
    for (const s of [-1, 1]) {
      ctx.save();
      ctx.globalCompositeOperation = "destination-out";
      ctx.beginPath();
      const edge = s < 0 ? -view.marginX - 2 : w + view.marginX + 2;
      const inner = s < 0 ? w * 0.12 : w * 0.88;
      ctx.moveTo(edge, h * 0.02);
      ctx.lineTo(inner, h * 0.13);
      ctx.lineTo(inner - s * -w * 0.015, h * 0.46);
      ctx.lineTo(edge, h * 0.56);
      ctx.fill();
      ctx.restore();
      ctx.fillStyle = ink(stage, scale(skin, 1.5));
      ctx.fillRect(s < 0 ? x : inner, h * 0.56, s < 0 ? inner - x : x + fw - inner, h * 0.03);
    }
    for (const k of [0.24, 0.62]) {
      ctx.fillStyle = ink(stage, surface(stage, [0.36, 0.27, 0.22], { facing: 0.5, z: 2 }));
      ctx.beginPath();
      ctx.roundRect(w * k, h * 0.42, w * 0.16, h * 0.5, h * 0.07);
      ctx.fill();
      ctx.beginPath();
      ctx.roundRect(w * (k + 0.035), h * 0.3, w * 0.09, h * 0.15, h * 0.04);
      ctx.fill();
    }
  },
  near: (stage) => {
    // The instruments light who sits behind them.
    const { view, light } = stage;
    if (light.lamps > 0.3) glow(stage, { x: view.width * 0.5, y: view.height * 0.95 }, view.height * 0.75, [0.5, 0.68, 0.75], 0.34);
  },
  foreground: (stage) => {
    const { ctx, view } = stage;
    const { width: w, height: h } = view;
    const dark = surface(stage, [0.13, 0.13, 0.14], { facing: 0.4, z: 1 });
    ctx.fillStyle = ink(stage, scale(dark, 0.8));
    ctx.beginPath();
    ctx.moveTo(-view.marginX, h + view.marginY);
    ctx.lineTo(-view.marginX, h * 0.9);
    ctx.quadraticCurveTo(w * 0.5, h * 0.8, w + view.marginX, h * 0.9);
    ctx.lineTo(w + view.marginX, h + view.marginY);
    ctx.fill();
    ctx.strokeStyle = ink(stage, scale(dark, 0.5));
    ctx.lineWidth = h * 0.035;
    ctx.beginPath();
    ctx.ellipse(w * (stage.light.side < 0 ? 0.66 : 0.34), h * 1.03, h * 0.3, h * 0.24, 0, Math.PI, Math.PI * 2);
    ctx.stroke();
    ctx.fillStyle = ink(stage, scale(dark, 0.45));
    for (const s of [-1, 1]) {
      ctx.beginPath();
      const edge = s < 0 ? -view.marginX : w + view.marginX;
      ctx.moveTo(edge, -view.marginY);
      ctx.lineTo(edge - s * w * 0.15, -view.marginY);
      ctx.lineTo(edge, h * 0.7);
      ctx.fill();
    }
    ctx.beginPath();
    ctx.roundRect(w * 0.43, -h * 0.01, w * 0.14, h * 0.07, h * 0.025);
    ctx.fill();
  },
};

const train: SetPainter = {
  far: outside,
  mid: (stage) => {
    const { ctx, view } = stage;
    const { width: w, height: h } = view;
    const [x, y, fw, fh] = everywhere(view);
    const wall = surface(stage, [0.6, 0.46, 0.32], { facing: 0.55, z: 2 });
    ctx.fillStyle = ink(stage, wall);
    ctx.fillRect(x, y, fw, fh);
    ctx.fillStyle = ink(stage, scale(wall, 0.62));
    ctx.fillRect(x, h * 0.58, fw, fh);
    ctx.fillStyle = ink(stage, scale(wall, 0.5));
    ctx.fillRect(x, y, fw, h * 0.06 + view.marginY);
    const pane = Math.max(w * 0.36, h * 0.42);
    for (let k = -2; k <= 2; k++) {
      const px = w * 0.5 + k * pane * 1.14 - pane / 2;
      ctx.fillStyle = ink(stage, scale(wall, 1.3));
      ctx.beginPath();
      ctx.roundRect(px - 7, h * 0.13 - 7, pane + 14, h * 0.4 + 14, 26);
      ctx.fill();
      cut(stage, { x: px, y: h * 0.13, w: pane, h: h * 0.4, r: 20 });
      ctx.fillStyle = ink(stage, scale(wall, 1.2));
      ctx.fillRect(px, h * 0.22, pane, 4);
    }
    for (let k = -2; k <= 2; k++) {
      ctx.fillStyle = ink(stage, surface(stage, [0.3, 0.42, 0.36], { facing: 0.55, z: 2 }));
      ctx.beginPath();
      ctx.roundRect(w * 0.5 + (k - 0.5) * pane * 1.14 - pane * 0.28, h * 0.44, pane * 0.56, h * 0.7, h * 0.06);
      ctx.fill();
    }
    if (stage.light.lamps > 0.2) for (const k of [0.2, 0.8]) glow(stage, { x: w * k, y: h * 0.05 }, h * 0.5, [1, 0.8, 0.5], 0.55);
  },
  near: () => {},
  foreground: () => {},
};

/** Stars, a nebula and a planet: outdoors, and behind a spaceship's panes. */
export const space: SetPainter = {
  far: (stage) => {
    const { ctx, view } = stage;
    ctx.fillStyle = ink(stage, [0.015, 0.018, 0.045]);
    ctx.fillRect(...everywhere(view));
    const random = chance(stage, "galaxy");
    const [x, y, w, h] = everywhere(view);
    for (let i = 0; i < 9; i++) glow(stage, { x: x + random() * w, y: y + random() * h }, h * random.between(0.25, 0.5), random.pick<Rgb>([[0.3, 0.16, 0.5], [0.1, 0.26, 0.5], [0.5, 0.16, 0.3]]), 0.26);
    for (let i = 0; i < 340; i++) {
      ctx.fillStyle = ink(stage, [1, 0.97, 0.92], 0.3 + random() * 0.7);
      ctx.beginPath();
      ctx.arc(x + random() * w, y + random() * h, random() < 0.05 ? 2 : 0.4 + random() * 0.8, 0, Math.PI * 2);
      ctx.fill();
    }
    const r = view.height * 0.36;
    const px = view.width * (0.5 - stage.light.side * 0.28);
    const py = view.height * 0.3;
    glow(stage, { x: px, y: py }, r * 1.5, [0.35, 0.6, 1], 0.5);
    ctx.fillStyle = radial(stage, { x: px + stage.light.side * r * 0.4, y: py - r * 0.35 }, r * 1.5, [
      { at: 0, color: [0.6, 0.78, 0.9] },
      { at: 0.5, color: [0.2, 0.4, 0.62] },
      { at: 1, color: [0.02, 0.04, 0.1] },
    ]);
    ctx.beginPath();
    ctx.arc(px, py, r, 0, Math.PI * 2);
    ctx.fill();
  },
  mid: (stage) => {
    const shape = onPicture(stage, [[-60, 0, 0.5], [60, 0, 0.5], [60, 0, 90], [-60, 0, 90]]);
    if (shape.length > 2) ground(stage, { color: [0.6, 0.58, 0.58], far: 90 });
    const random = chance(stage, "craters");
    for (let i = 0; i < 16; i++) {
      const z = 4 + random() * 40;
      const p = project(stage.camera, (random() - 0.5) * z * 1.4, 0, z);
      const r = p.scale * random.between(0.4, 1.6);
      stage.ctx.fillStyle = ink(stage, surface(stage, [0.32, 0.31, 0.33], { facing: 0.4, z }), 0.8);
      stage.ctx.beginPath();
      stage.ctx.ellipse(p.x, p.y, r, r * 0.22, 0, 0, Math.PI * 2);
      stage.ctx.fill();
      stage.ctx.strokeStyle = ink(stage, mix([0.8, 0.8, 0.82], [1, 1, 1], 0.2), 0.6);
      stage.ctx.lineWidth = Math.max(1, r * 0.05);
      stage.ctx.stroke();
    }
  },
  near: () => {},
  foreground: () => {},
};

export const vehicles: Partial<Record<ArchetypeName, SetPainter>> = { car, train, space };
