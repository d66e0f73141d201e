import { mix, scale, type Rgb } from "../color.ts";
import type { Random } from "../random.ts";
import { chance, glow, halfWidthAt, ink, project, softly, type Stage } from "../stage.ts";
import type { ArchetypeName } from "./archetypes.ts";
import { pine, ridge, streetLamp, tree, water } from "./scenery.ts";
import type { SetPainter } from "./set.ts";
import { paintSky } from "./sky.ts";
import { house, LIT, parkedCar } from "./town.ts";
import { box, contact, face, floorLines, ground, type Vertex } from "./solids.ts";


/** Rows of windows on a wall that runs away from us (`side` 0: a wall that faces us). */
function windows(stage: Stage, w: { at(u: number, y: number): Vertex; long: number; high: number; from: number; random: Random }): void {
  const { light } = stage;
  for (let y = w.from; y + 1.3 < w.high; y += 2.5) for (let u = 0.8; u + 1 < w.long; u += 1.9) {
    const on = w.random() < 0.1 + 0.42 * light.lamps * (light.time === "dusk" ? 0.7 : 1) && light.lamps > 0.2;
    const corners: Vertex[] = [w.at(u, y), w.at(u + 1, y), w.at(u + 1, y + 1.4), w.at(u, y + 1.4)];
    if (on) {
      const warm = w.random() < 0.75 ? LIT : ([0.8, 0.9, 1] as const);
      face(stage, corners, scale(warm, 2.2 / Math.max(0.5, light.ambient[0] + 0.6)), 1);
    } else face(stage, corners, mix([0.2, 0.24, 0.3], light.sky[1], 0.35), 0.4);
  }
}

const facades: readonly [Rgb, ...Rgb[]] = [[0.58, 0.4, 0.33], [0.62, 0.56, 0.48], [0.45, 0.42, 0.42], [0.66, 0.6, 0.5], [0.5, 0.35, 0.3], [0.4, 0.43, 0.48]];

/** A street between two rows of houses that run to the vanishing point. */
function rows(stage: Stage, r: { half: number; near: number; far: number; low: number; high: number; shops: boolean }): void {
  const { light } = stage;
  for (const side of [-1, 1] as const) {
    const random = chance(stage, "row", side);
    const blocks: { z: number; long: number; h: number; color: Rgb }[] = [];
    for (let z = r.near; z < r.far; ) {
      const long = random.between(6, 11);
      blocks.push({ z, long, h: random.between(r.low, r.high), color: random.pick(facades) });
      z += long;
    }
    for (const b of blocks.reverse()) {
      const x = side * r.half;
      const [near, far] = [b.z, b.z + b.long];
      const facing = light.side === side ? 0.16 : 0.8;
      face(stage, [[x, 0, near], [x + side * 14, 0, near], [x + side * 14, b.h, near], [x, b.h, near]], scale(b.color, 0.8), 0.4);
      face(stage, [[x, 0, near], [x, 0, far], [x, b.h, far], [x, b.h, near]], b.color, facing);
      face(stage, [[x, b.h - 0.4, near], [x, b.h - 0.4, far], [x, b.h, far], [x, b.h, near]], scale(b.color, 1.25), facing);
      windows(stage, { at: (u, y) => [x - side * 0.02, y, near + u], long: b.long, high: b.h, from: r.shops ? 4.2 : 1.4, random });
      if (r.shops) shopFront(stage, { x: x - side * 0.03, near, far, random });
    }
  }
}

function shopFront(stage: Stage, s: { x: number; near: number; far: number; random: Random }): void {
  const on = stage.light.lamps > 0.3;
  const glass: Rgb = on ? [2.2, 1.75, 1.05] : [0.3, 0.36, 0.42];
  face(stage, [[s.x, 0.5, s.near + 0.6], [s.x, 0.5, s.far - 0.6], [s.x, 2.7, s.far - 0.6], [s.x, 2.7, s.near + 0.6]], glass, 0.8);
  const awning = s.random.pick<Rgb>([[0.7, 0.2, 0.18], [0.2, 0.42, 0.36], [0.82, 0.66, 0.3], [0.25, 0.3, 0.5]]);
  const out = s.x - Math.sign(s.x) * 1;
  face(stage, [[s.x, 3.3, s.near + 0.4], [s.x, 3.3, s.far - 0.4], [out, 2.75, s.far - 0.4], [out, 2.75, s.near + 0.4]], awning, 0.8);
  face(stage, [[out, 2.75, s.near + 0.4], [out, 2.75, s.far - 0.4], [out, 2.55, s.far - 0.4], [out, 2.55, s.near + 0.4]], scale(awning, 0.8), 0.6);
  if (!on) return;
  const p = project(stage.camera, s.x - Math.sign(s.x), 1.2, (s.near + s.far) / 2);
  glow(stage, p, 2.6 * p.scale, [1, 0.75, 0.42], 0.32);
}

/** Towers far behind. */
function skyline(stage: Stage, s: { base: number; tall: number; tone: number }): void {
  const { ctx, view, light } = stage;
  const random = chance(stage, "skyline", s.tone);
  const color = mix(scale(light.sky[1], 0.45), light.haze, s.tone);
  for (let x = -view.marginX; x < view.width + view.marginX; ) {
    const w = view.width * random.between(0.03, 0.075);
    const h = view.height * s.tall * random.between(0.35, 1);
    ctx.fillStyle = ink(stage, scale(color, random.between(0.9, 1.08)));
    ctx.fillRect(x, s.base - h, w + 1, h + view.height * 0.6);
    if (random() < 0.3) ctx.fillRect(x + w * 0.45, s.base - h * 1.15, 2, h * 0.2);
    if (light.lamps > 0.25) for (let y = s.base - h + 8; y < s.base + 60; y += 10) for (let k = x + 5; k < x + w - 5; k += 8) if (random() < 0.28 * light.lamps) {
      ctx.fillStyle = ink(stage, LIT, 0.75);
      ctx.fillRect(k, y, 3, 4.5);
    }
    x += w;
  }
}

/** Wet asphalt mirrors what shines above it. */
function wet(stage: Stage): void {
  const { light, view, camera } = stage;
  if (light.weather !== "rain" && light.weather !== "storm") return;
  const random = chance(stage, "wet");
  softly(stage, { blur: 5, mode: "screen" }, ({ ctx }) => {
    for (let i = 0; i < 26; i++) {
      const z = 3 + random() * 22;
      const p = project(camera, (random() - 0.5) * 2 * halfWidthAt(stage, z) * 0.8, 0, z);
      const h = view.height * random.between(0.05, 0.16);
      const color: Rgb = light.lamps > 0.3 ? random.pick<Rgb>([[1, 0.75, 0.4], [1, 0.4, 0.3], [0.5, 0.75, 1]]) : light.sky[2];
      const streak = ctx.createLinearGradient(0, p.y, 0, p.y + h);
      streak.addColorStop(0, ink(stage, color, 0.5));
      streak.addColorStop(1, ink(stage, color, 0));
      ctx.fillStyle = streak;
      ctx.beginPath();
      ctx.ellipse(p.x, p.y + h / 2, Math.min(0.16 * p.scale, view.width * 0.012), h / 2, 0, 0, Math.PI * 2);
      ctx.fill();
    }
  });
}

function road(stage: Stage, half: number): void {
  const snow = stage.light.weather === "snow";
  ground(stage, { color: snow ? [0.86, 0.88, 0.92] : [0.34, 0.34, 0.36], far: 120 });
  for (const side of [-1, 1]) {
    face(stage, [[side * half, 0.01, 0.5], [side * half * 0.66, 0.01, 0.5], [side * half * 0.66, 0.01, 90], [side * half, 0.01, 90]], snow ? [0.92, 0.94, 0.97] : [0.56, 0.54, 0.51], 0.75);
    face(stage, [[side * half * 0.66, 0.02, 0.5], [side * half * 0.64, 0.02, 0.5], [side * half * 0.64, 0.02, 90], [side * half * 0.66, 0.02, 90]], [0.72, 0.7, 0.66], 0.8);
  }
  for (let z = 1; z < 70; z += 4) face(stage, [[-0.08, 0.01, z], [0.08, 0.01, z], [0.08, 0.01, z + 2], [-0.08, 0.01, z + 2]], [0.9, 0.88, 0.8], 0.8);
  wet(stage);
}

/** Half the street's width: what the lens sees at the subject, and a little more. */
function widthOf(stage: Stage, least: number, most: number): number {
  return Math.max(least, Math.min(most, halfWidthAt(stage, stage.camera.subject) * 0.92 + 1.4));
}

function lampRow(stage: Stage, half: number): void {
  for (let z = 60; z > stage.camera.subject + 2; z -= 13) streetLamp(stage, { x: -stage.light.side * half * 0.7, z, lean: stage.light.side });
}

const cobbles: Rgb = [0.46, 0.43, 0.4];

export const urban: Partial<Record<ArchetypeName, SetPainter>> = {
  street: {
    far: (stage) => {
      paintSky(stage);
      skyline(stage, { base: stage.camera.horizon + 6, tall: 0.42, tone: 0.62 });
      skyline(stage, { base: stage.camera.horizon + 6, tall: 0.26, tone: 0.35 });
    },
    mid: (stage) => {
      const half = widthOf(stage, 5.5, 12);
      road(stage, half);
      rows(stage, { half, near: Math.max(4, stage.camera.subject * 0.5), far: 75, low: 9, high: 17, shops: true });
      lampRow(stage, half);
    },
    near: (stage) => {
      const half = widthOf(stage, 5.5, 12);
      const random = chance(stage, "cars");
      for (const side of [-1, 1]) for (let z = 34; z > stage.camera.subject + 3.5; z -= random.between(7, 12)) parkedCar(stage, { x: side * half * 0.52, z, color: random.pick<Rgb>([[0.62, 0.16, 0.14], [0.2, 0.3, 0.42], [0.72, 0.72, 0.7], [0.85, 0.68, 0.22], [0.14, 0.15, 0.17]]) });
    },
    foreground: (stage) => {
      if (halfWidthAt(stage, stage.camera.subject) > 2) streetLamp(stage, { x: -stage.light.side * halfWidthAt(stage, stage.camera.subject * 0.5) * 0.92, z: stage.camera.subject * 0.5, h: Math.max(3.4, stage.camera.height + 2.2), lean: stage.light.side });
    },
  },
  alley: {
    far: (stage) => {
      paintSky(stage);
      skyline(stage, { base: stage.camera.horizon + 6, tall: 0.3, tone: 0.45 });
    },
    mid: (stage) => {
      const half = Math.max(1.9, Math.min(3.2, halfWidthAt(stage, stage.camera.subject) * 0.85));
      ground(stage, { color: cobbles, far: 40 });
      floorLines(stage, { color: [0.1, 0.1, 0.12], alpha: 0.35, step: 0.45, far: 22, across: true });
      rows(stage, { half, near: 0.8, far: 34, low: 8, high: 14, shops: false });
      for (let z = 22; z > 5; z -= 6) {
        const p = project(stage.camera, stage.light.side * half * 0.96, 3, z);
        box(stage, { x: stage.light.side * (half - 0.12), y: 2.9, z, w: 0.2, h: 0.3, d: 0.2 }, [1.4, 1.1, 0.7]);
        if (stage.light.lamps > 0.2) glow(stage, p, 2.2 * p.scale, [1, 0.72, 0.38], 0.6 * stage.light.lamps);
      }
      wet(stage);
    },
    near: (stage) => {
      const half = Math.max(1.9, Math.min(3.2, halfWidthAt(stage, stage.camera.subject) * 0.85));
      const z = stage.camera.subject + 2.2;
      const side = -stage.light.side;
      contact(stage, { x: side * half * 0.72, z, w: 1.4, d: 1 });
      box(stage, { x: side * half * 0.72, y: 0, z, w: 1.1, h: 1.1, d: 0.9 }, [0.2, 0.36, 0.28]);
      box(stage, { x: side * half * 0.72, y: 1.1, z, w: 1.16, h: 0.08, d: 0.95 }, [0.14, 0.26, 0.2]);
      box(stage, { x: -side * half * 0.8, y: 0, z: z + 1, w: 0.5, h: 0.5, d: 0.5 }, [0.55, 0.4, 0.26]);
    },
    foreground: () => {},
  },
  rooftop: {
    far: (stage) => {
      paintSky(stage);
      skyline(stage, { base: stage.camera.horizon + stage.view.height * 0.1, tall: 0.44, tone: 0.66 });
    },
    mid: (stage) => {
      skyline(stage, { base: stage.camera.horizon + stage.view.height * 0.22, tall: 0.36, tone: 0.3 });
      const edge = stage.camera.subject + 3.2;
      ground(stage, { color: [0.44, 0.42, 0.4], far: edge });
      floorLines(stage, { color: [0.2, 0.2, 0.2], alpha: 0.3, step: 1.2, far: edge, across: true });
      box(stage, { x: 0, y: 0, z: edge, w: 60, h: 0.75, d: 0.3 }, [0.52, 0.42, 0.36]);
      box(stage, { x: 0, y: 0.75, z: edge, w: 60, h: 0.1, d: 0.42 }, [0.66, 0.6, 0.54]);
    },
    near: (stage) => {
      const seen = halfWidthAt(stage, stage.camera.subject + 2);
      const side = -stage.light.side;
      box(stage, { x: side * seen * 0.72, y: 0, z: stage.camera.subject + 2, w: 1.2, h: 0.9, d: 0.9 }, [0.56, 0.58, 0.58]);
      box(stage, { x: side * seen * 0.72, y: 0.9, z: stage.camera.subject + 2, w: 0.1, h: 1.6, d: 0.1 }, [0.3, 0.3, 0.32]);
      for (const y of [1.6, 2, 2.4]) box(stage, { x: side * seen * 0.72, y, z: stage.camera.subject + 2, w: 0.9 - (y - 1.6) * 0.5, h: 0.03, d: 0.03 }, [0.3, 0.3, 0.32]);
    },
    foreground: () => {},
  },
  village: {
    far: (stage) => {
      paintSky(stage);
      ridge(stage, { name: "village hills", height: 0.2, rough: 0.2, color: [0.36, 0.46, 0.36], distance: 160 });
    },
    mid: (stage) => {
      const snow = stage.light.weather === "snow";
      ground(stage, { color: snow ? [0.9, 0.92, 0.96] : [0.44, 0.5, 0.28], far: 160 });
      face(stage, [[-2.2, 0.01, 0.5], [2.2, 0.01, 0.5], [1.2, 0.01, 70], [-1.2, 0.01, 70]], snow ? [0.8, 0.82, 0.86] : [0.66, 0.56, 0.42], 0.75);
      const random = chance(stage, "houses");
      const out = Math.max(5, halfWidthAt(stage, stage.camera.subject) * 0.7 + 2.4);
      for (let z = 62; z > stage.camera.subject + 6; z -= 8.5) for (const s of [-1, 1]) {
        house(stage, { x: s * (out + random() * 2), z, w: random.between(5, 6.6), wall: random.pick<Rgb>([[0.9, 0.86, 0.76], [0.82, 0.7, 0.56], [0.75, 0.78, 0.75], [0.86, 0.78, 0.6]]), roof: random.pick<Rgb>([[0.62, 0.28, 0.2], [0.5, 0.3, 0.22], [0.36, 0.32, 0.34]]) });
        if (random() < 0.6) tree(stage, { x: s * (out - 2), z: z - 3, h: random.between(3.5, 5) });
      }
    },
    near: (stage) => {
      const seen = halfWidthAt(stage, stage.camera.subject + 1);
      for (let x = -seen; x < seen; x += 0.7) if (Math.abs(x) > seen * 0.42) {
        box(stage, { x, y: 0, z: stage.camera.subject + 1.4, w: 0.1, h: 0.9, d: 0.06 }, [0.62, 0.5, 0.36]);
        box(stage, { x: x + 0.35, y: 0.55, z: stage.camera.subject + 1.42, w: 0.7, h: 0.09, d: 0.04 }, [0.66, 0.53, 0.38]);
      }
    },
    foreground: () => {},
  },
  bridge: {
    far: (stage) => {
      paintSky(stage);
      skyline(stage, { base: stage.camera.horizon + 4, tall: 0.24, tone: 0.55 });
      water(stage, { top: stage.camera.horizon + 4, bottom: stage.view.height + stage.view.marginY });
    },
    mid: (stage) => {
      const half = Math.max(2.4, halfWidthAt(stage, stage.camera.subject) * 0.8);
      face(stage, [[-half, 0, 0.4], [half, 0, 0.4], [half, 0, 60], [-half, 0, 60]], [0.5, 0.42, 0.34], 0.75);
      for (let z = 0.6; z < 40; z *= 1.08) face(stage, [[-half, 0.01, z], [half, 0.01, z], [half, 0.01, z * 1.006], [-half, 0.01, z * 1.006]], [0.26, 0.21, 0.17], 0.5);
      for (const s of [-1, 1]) {
        for (let z = 40; z > 1; z -= 2) box(stage, { x: s * half, y: 0, z, w: 0.12, h: 1.05, d: 0.12 }, [0.3, 0.28, 0.28]);
        for (const y of [0.5, 1]) face(stage, [[s * half, y, 0.4], [s * half, y, 42], [s * half, y + 0.09, 42], [s * half, y + 0.09, 0.4]], [0.36, 0.33, 0.32], 0.6);
      }
      for (let z = 36; z > stage.camera.subject + 2; z -= 9) streetLamp(stage, { x: stage.light.side * half, z, h: 3.6, lean: -stage.light.side * 0.6 });
    },
    near: () => {},
    foreground: () => {},
  },
  station: {
    far: (stage) => {
      paintSky(stage);
      ridge(stage, { name: "yard", height: 0.12, rough: 0.5, color: [0.34, 0.38, 0.36], distance: 120 });
    },
    mid: (stage) => {
      ground(stage, { color: [0.42, 0.38, 0.34], far: 110 });
      const side = stage.light.side;
      const edge = Math.max(1.4, halfWidthAt(stage, stage.camera.subject) * 0.35);
      for (let z = 1; z < 80; z *= 1.07) face(stage, [[side * edge, 0, z], [side * (edge + 3), 0, z], [side * (edge + 3), 0, z * 1.03], [side * edge, 0, z * 1.03]], [0.3, 0.22, 0.16], 0.6);
      for (const k of [0.7, 2.2]) face(stage, [[side * (edge + k), 0.02, 0.5], [side * (edge + k + 0.1), 0.02, 0.5], [side * (edge + k + 0.1), 0.02, 100], [side * (edge + k), 0.02, 100]], [0.78, 0.78, 0.8], 0.9);
      face(stage, [[-side * 40, 0.02, 0.5], [side * (edge - 0.3), 0.02, 0.5], [side * (edge - 0.3), 0.02, 90], [-side * 40, 0.02, 90]], [0.6, 0.57, 0.52], 0.8);
      face(stage, [[side * (edge - 0.7), 0.03, 0.5], [side * (edge - 0.5), 0.03, 0.5], [side * (edge - 0.5), 0.03, 90], [side * (edge - 0.7), 0.03, 90]], [0.92, 0.82, 0.3], 0.9);
      for (let z = 46; z > stage.camera.subject + 3; z -= 6) {
        box(stage, { x: -side * edge * 2.2, y: 0, z, w: 0.22, h: 3.3, d: 0.22 }, [0.24, 0.34, 0.32]);
        const p = project(stage.camera, -side * edge * 1.4, 3.1, z);
        if (stage.light.lamps > 0.2) glow(stage, p, 2 * p.scale, [1, 0.8, 0.5], 0.6 * stage.light.lamps);
      }
      face(stage, [[-side * edge * 4, 3.4, stage.camera.subject + 2], [-side * edge * 0.6, 3.2, stage.camera.subject + 2], [-side * edge * 0.6, 3.2, 60], [-side * edge * 4, 3.4, 60]], [0.34, 0.3, 0.28], 0.3);
    },
    near: (stage) => {
      box(stage, { x: -stage.light.side * halfWidthAt(stage, stage.camera.subject) * 0.6, y: 0.4, z: stage.camera.subject + 1.3, w: 1.6, h: 0.08, d: 0.45 }, [0.5, 0.33, 0.2]);
    },
    foreground: () => {},
  },
  exterior: {
    far: (stage) => {
      paintSky(stage);
      ridge(stage, { name: "far", height: 0.2, rough: 0.2, color: [0.4, 0.48, 0.5], distance: 170 });
      ridge(stage, { name: "trees", height: 0.09, rough: 1, color: [0.24, 0.36, 0.24], distance: 70 });
    },
    mid: (stage) => {
      ground(stage, { color: stage.light.weather === "snow" ? [0.9, 0.92, 0.96] : [0.5, 0.48, 0.38], far: 140 });
      const side = stage.light.side;
      house(stage, { x: -side * (halfWidthAt(stage, 26) * 0.5), z: 26, w: 7, wall: [0.75, 0.68, 0.58], roof: [0.42, 0.3, 0.26] });
      for (const [k, z] of [[0.75, 22], [0.35, 34], [-0.9, 18]] as const) pine(stage, { x: side * halfWidthAt(stage, z) * k, z, h: 6 });
    },
    near: () => {},
    foreground: () => {},
  },
};
