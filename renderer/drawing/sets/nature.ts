import { mix, scale, type Rgb } from "../color.ts";
import { chance, halfWidthAt, ink, project, type Stage } from "../stage.ts";
import type { ArchetypeName } from "./archetypes.ts";
import { bush, cactus, dunes, leaves, rays, rock, trunk } from "./growth.ts";
import { grass, pine, ridge, tree, water } from "./scenery.ts";
import type { SetPainter } from "./set.ts";
import { paintSky } from "./sky.ts";
import { box, contact, face, ground, surface } from "./solids.ts";

const SNOW: Rgb = [0.92, 0.94, 0.98];

function earth(stage: Stage, color: Rgb): Rgb {
  return stage.light.weather === "snow" ? SNOW : color;
}

const GREEN: Rgb = [0.38, 0.47, 0.22];

export const nature: Partial<Record<ArchetypeName, SetPainter>> = {
  forest: {
    far: (stage) => {
      paintSky(stage);
      ridge(stage, { name: "wood far", height: 0.5, rough: 1.1, color: [0.3, 0.42, 0.32], distance: 90 });
      ridge(stage, { name: "wood", height: 0.36, rough: 1.3, color: [0.2, 0.32, 0.24], distance: 55 });
    },
    mid: (stage) => {
      ground(stage, { color: earth(stage, [0.3, 0.32, 0.17]), far: 70 });
      const random = chance(stage, "wood");
      for (let z = 46; z > stage.camera.subject + 1.8; z *= 0.87) for (let i = 0; i < 4; i++) {
        const x = (random() - 0.5) * 2.3 * halfWidthAt(stage, z);
        const tall = random();
        if (Math.abs(x) < halfWidthAt(stage, z) * 0.14) continue;
        // Near us only trunks stand in the picture; crowns close far off.
        if (z > stage.camera.subject + 9 && tall < 0.72) pine(stage, { x, z, h: 7 + tall * 9 });
        else trunk(stage, { x, z, r: 0.13 + tall * 0.2 });
        if (tall > 0.6) bush(stage, { x: x + 1, z: z + 0.3, size: 0.5 + tall * 0.5 });
      }
      rays(stage);
    },
    near: (stage) => {
      const seen = halfWidthAt(stage, stage.camera.subject + 1);
      trunk(stage, { x: -stage.light.side * seen * 0.86, z: stage.camera.subject + 0.9, r: 0.3 });
      grass(stage, { name: "fern", color: [0.3, 0.42, 0.16], from: stage.camera.subject * 0.6, to: stage.camera.subject + 4, count: stage.light.weather === "snow" ? 30 : 170, tall: 0.28 });
    },
    foreground: (stage) => leaves(stage, { color: [0.2, 0.34, 0.16], top: true }),
  },
  field: {
    far: (stage) => {
      paintSky(stage);
      ridge(stage, { name: "field far", height: 0.17, rough: 0.1, color: [0.42, 0.5, 0.46], distance: 190 });
      ridge(stage, { name: "field near", height: 0.08, rough: 0.25, color: [0.36, 0.46, 0.24], distance: 80 });
    },
    mid: (stage) => {
      ground(stage, { color: earth(stage, [0.62, 0.56, 0.26]), far: 160 });
      face(stage, [[-1.3, 0.01, 0.5], [1, 0.01, 0.5], [stage.light.side * 6, 0.01, 100], [stage.light.side * 6 - 0.8, 0.01, 100]], earth(stage, [0.66, 0.55, 0.4]), 0.8);
      const random = chance(stage, "copse");
      for (const [k, z] of [[-0.82, 46], [-0.6, 60], [0.72, 36], [0.9, 52]] as const) tree(stage, { x: k * halfWidthAt(stage, z), z, h: random.between(5, 8) }, { leaf: [0.3, 0.42, 0.18], bare: stage.light.weather === "snow" });
      for (let z = 26; z > 6; z -= 4) box(stage, { x: -stage.light.side * halfWidthAt(stage, 18) * 0.66, y: 0, z, w: 0.1, h: 1.1, d: 0.1 }, [0.46, 0.36, 0.26]);
      if (stage.light.weather !== "snow") grass(stage, { name: "corn", color: [0.74, 0.64, 0.26], from: 2, to: 40, count: 420, tall: 0.42 });
    },
    near: (stage) => {
      if (stage.light.weather !== "snow") grass(stage, { name: "near corn", color: [0.8, 0.68, 0.3], from: stage.camera.subject * 0.75, to: stage.camera.subject + 1.5, count: 150, tall: 0.5 });
    },
    foreground: (stage) => {
      if (halfWidthAt(stage, stage.camera.subject) > 0.8) grass(stage, { name: "lens", color: scale([0.6, 0.5, 0.2], 0.6), from: stage.camera.subject * 0.42, to: stage.camera.subject * 0.55, count: 46, tall: 0.5 });
    },
  },
  park: {
    far: (stage) => {
      paintSky(stage);
      ridge(stage, { name: "park", height: 0.24, rough: 1, color: [0.3, 0.44, 0.26], distance: 80 });
    },
    mid: (stage) => {
      ground(stage, { color: earth(stage, [0.4, 0.55, 0.26]), far: 120 });
      face(stage, [[-1.8, 0.01, 0.5], [1.8, 0.01, 0.5], [stage.light.side * -5, 0.01, 60], [stage.light.side * -7, 0.01, 60]], earth(stage, [0.78, 0.7, 0.56]), 0.85);
      const random = chance(stage, "park");
      for (let z = 42; z > stage.camera.subject + 3; z -= 6) for (const s of [-1, 1]) tree(stage, { x: s * halfWidthAt(stage, z) * random.between(0.45, 0.95), z, h: random.between(5, 8) }, { leaf: random() < 0.3 ? [0.6, 0.42, 0.16] : [0.28, 0.46, 0.2], bare: stage.light.weather === "snow" });
    },
    near: (stage) => {
      const x = -stage.light.side * halfWidthAt(stage, stage.camera.subject + 1.2) * 0.55;
      const z = stage.camera.subject + 1.2;
      contact(stage, { x, z, w: 1.9, d: 0.8 });
      for (const y of [0.6, 0.78]) box(stage, { x, y, z: z + 0.22, w: 1.7, h: 0.11, d: 0.05 }, [0.5, 0.32, 0.18]);
      for (const s of [-1, 1]) box(stage, { x: x + s * 0.7, y: 0, z, w: 0.08, h: 0.42, d: 0.4 }, [0.16, 0.17, 0.17]);
      box(stage, { x, y: 0.42, z, w: 1.7, h: 0.06, d: 0.42 }, [0.55, 0.36, 0.2]);
    },
    foreground: (stage) => leaves(stage, { color: GREEN, top: true }),
  },
  graveyard: {
    far: (stage) => {
      paintSky(stage);
      ridge(stage, { name: "graves", height: 0.14, rough: 0.5, color: [0.28, 0.32, 0.3], distance: 90 });
    },
    mid: (stage) => {
      ground(stage, { color: earth(stage, [0.32, 0.38, 0.22]), far: 100 });
      const random = chance(stage, "stones");
      for (const [k, z] of [[-0.7, 26], [0.8, 22]] as const) tree(stage, { x: k * halfWidthAt(stage, z), z, h: 8 }, { leaf: GREEN, bare: true });
      for (let z = 26; z > stage.camera.subject + 0.8; z -= 2.6) for (let i = -3; i <= 3; i++) {
        const x = (i + random() * 0.5) * Math.max(1.2, halfWidthAt(stage, z) * 0.3);
        const h = random.between(0.6, 1.1);
        box(stage, { x, y: 0, z, w: 0.55, h, d: 0.14 }, [0.56, 0.56, 0.54]);
        if (random() < 0.35) {
          box(stage, { x, y: h, z, w: 0.1, h: 0.6, d: 0.1 }, [0.56, 0.56, 0.54]);
          box(stage, { x, y: h + 0.3, z, w: 0.4, h: 0.1, d: 0.1 }, [0.56, 0.56, 0.54]);
        }
      }
    },
    near: (stage) => grass(stage, { name: "graves", color: [0.3, 0.38, 0.18], from: stage.camera.subject * 0.6, to: stage.camera.subject + 2, count: 90, tall: 0.2 }),
    foreground: () => {},
  },
  beach: {
    far: (stage) => {
      paintSky(stage);
      water(stage, { top: stage.camera.horizon, bottom: stage.view.height + stage.view.marginY });
      ridge(stage, { name: "headland", height: 0.07, rough: 0.3, color: [0.36, 0.42, 0.42], distance: 120, base: stage.camera.horizon + 1 });
    },
    mid: (stage) => {
      const { ctx, view, camera } = stage;
      const line = project(camera, 0, 0, stage.camera.subject + 5).y;
      const sand = surface(stage, earth(stage, [0.84, 0.73, 0.54]), { facing: 0.85, z: 6 });
      const random = chance(stage, "surf");
      const wave = Array.from({ length: 15 }, (_, i) => [-view.marginX + ((view.width + 2 * view.marginX) * i) / 14, line + Math.sin(i * 1.1) * 5 + random() * 5] as const);
      for (const [lift, alpha] of [[26, 0.4], [13, 0.7], [5, 0.95]] as const) {
        ctx.strokeStyle = ink(stage, mix(stage.light.sky[2], [1, 1, 1], 0.55), alpha * 0.8);
        ctx.lineWidth = lift === 5 ? 7 : 3;
        ctx.beginPath();
        for (const [x, y] of wave) ctx.lineTo(x, y - lift);
        ctx.stroke();
      }
      ctx.beginPath();
      for (const [x, y] of wave) ctx.lineTo(x, y);
      ctx.lineTo(view.width + view.marginX, view.height + view.marginY);
      ctx.lineTo(-view.marginX, view.height + view.marginY);
      const fill = ctx.createLinearGradient(0, line, 0, view.height + view.marginY);
      fill.addColorStop(0, ink(stage, scale(sand, 0.62)));
      fill.addColorStop(0.2, ink(stage, sand));
      fill.addColorStop(1, ink(stage, scale(sand, 0.72)));
      ctx.fillStyle = fill;
      ctx.fill();
    },
    near: (stage) => {
      const seen = halfWidthAt(stage, stage.camera.subject + 1.6);
      rock(stage, { x: -stage.light.side * seen * 0.8, z: stage.camera.subject + 1.6, size: 0.9, color: [0.46, 0.42, 0.4] });
      rock(stage, { x: -stage.light.side * seen * 0.58, z: stage.camera.subject + 1.3, size: 0.45, color: [0.5, 0.46, 0.42] });
      grass(stage, { name: "dune", color: [0.6, 0.58, 0.3], from: stage.camera.subject * 0.55, to: stage.camera.subject * 0.8, count: 30, tall: 0.4 });
    },
    foreground: () => {},
  },
  sea: {
    far: (stage) => {
      paintSky(stage);
      water(stage, { top: stage.camera.horizon, bottom: stage.view.height + stage.view.marginY });
    },
    mid: (stage) => {
      const half = Math.max(1.5, halfWidthAt(stage, stage.camera.subject) * 0.75);
      const far = stage.camera.subject + 3.5;
      face(stage, [[-half, 0, 0.4], [half, 0, 0.4], [half * 0.7, 0, far - 1], [0, 0, far + 1.5], [-half * 0.7, 0, far - 1]], [0.6, 0.44, 0.28], 0.8);
      for (let k = -5; k <= 5; k++) face(stage, [[(k * half) / 5, 0.01, 0.4], [(k * half) / 5 + 0.02, 0.01, 0.4], [(k * half * 0.6) / 5 + 0.02, 0.01, far], [(k * half * 0.6) / 5, 0.01, far]], [0.3, 0.2, 0.13], 0.6);
      for (const s of [-1, 1]) {
        face(stage, [[s * half, 0, 0.4], [s * half * 0.7, 0, far - 1], [s * half * 0.7, 0.7, far - 1], [s * half, 0.7, 0.4]], [0.86, 0.85, 0.8], s === stage.light.side ? 0.3 : 0.8);
        face(stage, [[s * half * 0.7, 0, far - 1], [0, 0, far + 1.5], [0, 0.95, far + 1.5], [s * half * 0.7, 0.7, far - 1]], [0.82, 0.81, 0.77], s === stage.light.side ? 0.35 : 0.75);
      }
      box(stage, { x: -stage.light.side * half * 0.25, y: 0, z: stage.camera.subject + 1.8, w: 0.14, h: 6, d: 0.14 }, [0.5, 0.38, 0.26]);
    },
    near: () => {},
    foreground: () => {},
  },
  desert: {
    far: (stage) => {
      paintSky(stage);
      ridge(stage, { name: "mesa", height: 0.16, rough: 0.2, color: [0.66, 0.4, 0.3], distance: 150, peaks: true });
    },
    mid: (stage) => {
      ground(stage, { color: [0.86, 0.66, 0.42], far: 160 });
      dunes(stage);
      for (const [k, z, h] of [[-0.6, 24, 2.6], [0.7, 34, 3.2], [0.3, 58, 3]] as const) cactus(stage, k * halfWidthAt(stage, z), z, h);
    },
    near: (stage) => {
      const seen = halfWidthAt(stage, stage.camera.subject + 1.5);
      rock(stage, { x: -stage.light.side * seen * 0.76, z: stage.camera.subject + 1.5, size: 0.7, color: [0.62, 0.42, 0.3] });
    },
    foreground: () => {},
  },
  mountain: {
    far: (stage) => {
      paintSky(stage);
      ridge(stage, { name: "peaks far", height: 0.5, rough: 0.4, color: [0.5, 0.54, 0.62], distance: 220, peaks: true, snow: true });
      ridge(stage, { name: "peaks", height: 0.36, rough: 0.4, color: [0.4, 0.42, 0.46], distance: 110, peaks: true, snow: true });
    },
    mid: (stage) => {
      ridge(stage, { name: "foothill", height: 0.1, rough: 0.9, color: [0.2, 0.3, 0.26], distance: 60 });
      ground(stage, { color: stage.light.weather === "clear" || stage.light.weather === "rain" ? [0.5, 0.52, 0.4] : SNOW, far: 120 });
      const random = chance(stage, "alps");
      for (let z = 60; z > stage.camera.subject + 6; z *= 0.8) for (const s of [-1, 1]) pine(stage, { x: s * halfWidthAt(stage, z) * random.between(0.4, 1.05), z, h: random.between(6, 10) });
    },
    near: (stage) => {
      const seen = halfWidthAt(stage, stage.camera.subject + 1.5);
      for (const [k, size] of [[-0.85, 1.1], [0.9, 0.7]] as const) rock(stage, { x: k * seen, z: stage.camera.subject + 1.6, size, color: [0.5, 0.5, 0.52] });
    },
    foreground: () => {},
  },
};
