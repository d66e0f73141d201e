import { mix, scale, type Rgb } from "../color.ts";
import { chance, glow, ink, project, softly, trace, type Stage } from "../stage.ts";
import type { ArchetypeName } from "./archetypes.ts";
import { board, box, contact, onPicture } from "./solids.ts";
import { pendant } from "./furniture.ts";
import type { Interior } from "./interiors.ts";
import type { Room } from "./room.ts";

const hall: Room = { wall: [0.5, 0.48, 0.46], floor: [0.42, 0.4, 0.38], ceiling: [0.34, 0.32, 0.31], floorKind: "plain", height: 4.2, depth: 5, windows: "none" };

/** A cone of light from above with its pool below. */
function spotlight(stage: Stage, s: { x: number; top: number; z: number; foot: number; color: Rgb; alpha: number }): void {
  softly(stage, { blur: 7, mode: "screen" }, ({ ctx }) => {
    const lamp = project(stage.camera, s.x, s.top, s.z);
    const floor = project(stage.camera, s.foot, 0, s.z);
    const beam = ctx.createLinearGradient(lamp.x, lamp.y, floor.x, floor.y);
    beam.addColorStop(0, ink(stage, s.color, s.alpha));
    beam.addColorStop(1, ink(stage, s.color, s.alpha * 0.12));
    ctx.fillStyle = beam;
    trace(ctx, [{ x: lamp.x - 6, y: lamp.y }, { x: lamp.x + 6, y: lamp.y }, { x: floor.x + 1.1 * floor.scale, y: floor.y }, { x: floor.x - 1.1 * floor.scale, y: floor.y }]);
    ctx.fill();
    ctx.fillStyle = ink(stage, s.color, s.alpha * 0.9);
    ctx.beginPath();
    ctx.ellipse(floor.x, floor.y, 1.15 * floor.scale, 0.26 * floor.scale, 0, 0, Math.PI * 2);
    ctx.fill();
  });
}

/** Heads and seat backs in rows, seen from behind. */
function audience(stage: Stage, rows: readonly number[], half: number, color: Rgb): void {
  const random = chance(stage, "audience");
  for (const z of rows) for (let x = -half; x <= half; x += 0.62) {
    box(stage, { x, y: 0, z, w: 0.54, h: 0.95, d: 0.12 }, color);
    if (random() < 0.5) {
      const p = project(stage.camera, x, 1.12, z);
      stage.ctx.fillStyle = ink(stage, scale(stage.light.ambient, 0.25));
      stage.ctx.beginPath();
      stage.ctx.ellipse(p.x, p.y, 0.11 * p.scale, 0.14 * p.scale, 0, 0, Math.PI * 2);
      stage.ctx.fill();
    }
  }
}

function drapes(stage: Stage, d: { x: number; w: number; h: number; z: number; color: Rgb }): void {
  const folds = Math.max(3, Math.round(d.w / 0.22));
  for (let i = 0; i < folds; i++) board(stage, { x: d.x - d.w / 2 + (d.w * (i + 0.5)) / folds, y: 0, z: d.z, w: (d.w / folds) * 1.06, h: d.h }, scale(d.color, [0.55, 0.85, 1.1, 0.8][i % 4] ?? 1), 0.7);
}

export const grand = {
  warehouse: {
    room: { ...hall, wall: [0.46, 0.4, 0.36], pattern: "brick", windows: "row", height: 4.4 },
    mid(stage, s) {
      for (let z = s.back; z > 1.5; z -= 2.4) box(stage, { x: 0, y: s.height - 0.3, z, w: s.half * 2, h: 0.24, d: 0.2 }, [0.28, 0.26, 0.26]);
      const random = chance(stage, "crates");
      for (let i = 0; i < 7; i++) {
        const x = (i % 2 ? 1 : -1) * s.seen * random.between(0.45, 0.95);
        const size = random.between(0.6, 1.05);
        const z = s.back - random.between(0.6, 2.2);
        contact(stage, { x, z, w: size * 1.2, d: size });
        box(stage, { x, y: 0, z, w: size, h: size * 0.9, d: size }, mix([0.56, 0.4, 0.24], [0.4, 0.32, 0.24], random()));
        board(stage, { x, y: size * 0.4, z: z - size / 2 - 0.01, w: size, h: size * 0.1 }, [0.36, 0.25, 0.15]);
        if (random() < 0.5) box(stage, { x: x + 0.1, y: size * 0.9, z, w: size * 0.7, h: size * 0.6, d: size * 0.7 }, [0.5, 0.37, 0.23]);
      }
      for (const k of [-0.4, 0.4]) pendant(stage, { x: k * s.seen, z: s.back - 1.6, y: 2.9, top: s.height, color: [0.24, 0.34, 0.34] });
    },
    near(stage, s) {
      const x = stage.light.side * s.seen * -0.7;
      for (const dx of [0, 0.62]) box(stage, { x: x + dx, y: 0, z: stage.camera.subject + 1, w: 0.5, h: 0.85, d: 0.5 }, [0.22, 0.4, 0.46]);
    },
  },
  stage: {
    room: { ...hall, wall: [0.18, 0.12, 0.14], floor: [0.4, 0.26, 0.17], floorKind: "boards", ceiling: [0.1, 0.08, 0.1], height: 4.2, depth: 3.5 },
    mid(stage, s) {
      drapes(stage, { x: 0, w: s.half * 2, h: s.height, z: s.back - 0.02, color: [0.5, 0.08, 0.12] });
      for (const k of [-1, 1]) drapes(stage, { x: k * s.half * 0.94, w: s.half * 0.4, h: s.height, z: s.back - 1.3, color: [0.62, 0.1, 0.14] });
      board(stage, { x: 0, y: s.height - 0.5, z: s.back - 1.4, w: s.half * 2, h: 0.55 }, [0.66, 0.12, 0.15], 0.8);
      board(stage, { x: 0, y: s.height - 0.54, z: s.back - 1.41, w: s.half * 2, h: 0.06 }, [0.85, 0.66, 0.28], 0.9);
      for (const k of [-0.5, 0.5]) spotlight(stage, { x: k * s.seen, top: s.height, z: s.back - 1.6, foot: k * 0.3 * s.seen, color: [1, 0.9, 0.7], alpha: 0.42 });
    },
    near(stage, s) {
      box(stage, { x: -stage.light.side * s.seen * 0.6, y: 0, z: stage.camera.subject + 0.8, w: 0.04, h: 1.4, d: 0.04 }, [0.7, 0.7, 0.72]);
      box(stage, { x: -stage.light.side * s.seen * 0.6, y: 1.4, z: stage.camera.subject + 0.8, w: 0.09, h: 0.16, d: 0.09 }, [0.3, 0.3, 0.32]);
    },
  },
  cinema: {
    room: { ...hall, wall: [0.2, 0.1, 0.12], floor: [0.2, 0.12, 0.12], floorKind: "carpet", ceiling: [0.1, 0.08, 0.09], height: 4, depth: 5 },
    mid(stage, s) {
      drapes(stage, { x: 0, w: s.half * 2, h: s.height, z: s.back - 0.01, color: [0.36, 0.08, 0.1] });
      const screen = onPicture(stage, [[-s.seen * 0.66, 0.9, s.back - 0.1], [s.seen * 0.66, 0.9, s.back - 0.1], [s.seen * 0.66, 3.1, s.back - 0.1], [-s.seen * 0.66, 3.1, s.back - 0.1]]);
      trace(stage.ctx, screen);
      stage.ctx.fillStyle = ink(stage, [0.86, 0.9, 0.96]);
      stage.ctx.fill();
      const p = project(stage.camera, 0, 2, s.back);
      glow(stage, p, s.seen * 1.7 * p.scale, [0.7, 0.8, 1], 0.5);
      board(stage, { x: 0, y: 0.9, z: s.back - 0.12, w: s.seen * 1.3, h: 0.8 }, [0.4, 0.5, 0.6], 0.8);
      board(stage, { x: -s.seen * 0.2, y: 1.2, z: s.back - 0.13, w: s.seen * 0.3, h: 1 }, [0.26, 0.32, 0.42], 0.8);
      audience(stage, [s.back - 1.3, s.back - 2.2], s.half * 0.95, [0.42, 0.1, 0.12]);
    },
    near(stage, s) {
      const z = stage.camera.subject + 0.55;
      for (let x = -s.half; x <= s.half; x += 0.72) box(stage, { x, y: 0, z, w: 0.62, h: 0.92, d: 0.12 }, [0.5, 0.11, 0.13]);
    },
  },
  church: {
    room: { ...hall, wall: [0.56, 0.51, 0.44], floor: [0.46, 0.42, 0.36], floorKind: "tiles", height: 5, depth: 6, narrow: 0.62, windows: "arched" },
    mid(stage, s) {
      for (let z = s.back - 0.8; z > 2; z -= 2) for (const k of [-1, 1]) {
        box(stage, { x: k * s.half * 0.93, y: 0, z, w: 0.4, h: s.height, d: 0.4 }, [0.62, 0.57, 0.5]);
        box(stage, { x: k * s.half * 0.93, y: s.height - 1.2, z, w: 0.6, h: 0.2, d: 0.6 }, [0.7, 0.65, 0.57]);
      }
      stained(stage, s.back);
      box(stage, { x: 0, y: 0, z: s.back - 0.6, w: 1.7, h: 0.95, d: 0.5 }, [0.8, 0.77, 0.7]);
      for (const k of [-0.6, 0.6]) candlelight(stage, k, 0.95, s.back - 0.7);
      for (let z = s.back - 1.8; z > stage.camera.subject + 0.5; z -= 0.95) for (const k of [-1, 1]) box(stage, { x: k * s.half * 0.52, y: 0, z, w: s.half * 0.62, h: 0.85, d: 0.12 }, [0.36, 0.22, 0.13]);
    },
  },
  spaceship: {
    room: { ...hall, wall: [0.42, 0.47, 0.54], floor: [0.26, 0.29, 0.34], ceiling: [0.3, 0.34, 0.4], floorKind: "tiles", pattern: "panels", height: 2.7, depth: 2.8, windows: "wide", narrow: 0.75 },
    mid(stage, s) {
      for (const k of [-1, 1]) for (let z = s.back - 0.6; z > 1.6; z -= 1.2) {
        box(stage, { x: k * s.half * 0.98, y: 0, z, w: 0.24, h: s.height, d: 0.2 }, [0.5, 0.55, 0.62]);
        const p = project(stage.camera, k * s.half * 0.88, 1.5, z);
        board(stage, { x: k * s.half * 0.88, y: 0.9, z: z - 0.12, w: 0.04, h: 1.1 }, [0.4, 1.6, 1.7], 1);
        glow(stage, p, 0.6 * p.scale, [0.25, 0.85, 1], 0.5);
      }
      box(stage, { x: 0, y: 0, z: s.back - 0.5, w: s.seen * 1.6, h: 0.8, d: 0.6 }, [0.32, 0.36, 0.43]);
      const random = chance(stage, "console");
      for (let i = 0; i < 22; i++) {
        const x = (random() - 0.5) * s.seen * 1.5;
        const color = random.pick<Rgb>([[0.3, 1.2, 1], [1.3, 0.7, 0.2], [1.2, 0.25, 0.3], [0.4, 0.7, 1.3]]);
        board(stage, { x, y: 0.5 + random() * 0.25, z: s.back - 0.82, w: 0.07, h: 0.03 }, color, 1.4);
      }
    },
    near(stage, s) {
      for (const k of [-0.5, 0.5]) box(stage, { x: k * s.seen, y: 0, z: s.back - 1.3, w: 0.6, h: 1.15, d: 0.3 }, [0.2, 0.22, 0.27]);
    },
  },
  station: {
    room: { ...hall, wall: [0.66, 0.64, 0.58], floor: [0.48, 0.47, 0.45], floorKind: "tiles", pattern: "tiles", height: 3.6, depth: 5, windows: "arched" },
    mid(stage, s) {
      const side = -stage.light.side;
      box(stage, { x: side * s.half * 0.72, y: 0.15, z: s.back / 2 + 1.5, w: s.half * 0.5, h: 2.5, d: s.back }, [0.3, 0.42, 0.5]);
      for (let z = s.back - 0.5; z > 2; z -= 1.3) {
        const x = side * s.half * 0.47;
        const color: Rgb = [1.15, 1, 0.7];
        box(stage, { x: x + side * 0.02, y: 1.2, z, w: 0.06, h: 0.85, d: 0.95 }, color);
      }
      for (let z = s.back - 0.6; z > 2; z -= 2) box(stage, { x: -side * s.seen * 0.3, y: 0, z, w: 0.28, h: s.height, d: 0.28 }, [0.42, 0.34, 0.28]);
      for (let z = s.back - 0.6; z > 2; z -= 1.6) {
        const p = project(stage.camera, 0, s.height - 0.1, z);
        box(stage, { x: 0, y: s.height - 0.14, z, w: 0.9, h: 0.06, d: 0.2 }, [1.3, 1.28, 1.15]);
        glow(stage, p, 1.2 * p.scale, [1, 0.95, 0.8], 0.34);
      }
      const clock = project(stage.camera, -side * s.seen * 0.3, 2.7, s.back - 2);
      stage.ctx.fillStyle = ink(stage, [0.95, 0.93, 0.86]);
      stage.ctx.beginPath();
      stage.ctx.arc(clock.x, clock.y, 0.34 * clock.scale, 0, Math.PI * 2);
      stage.ctx.fill();
      stage.ctx.strokeStyle = ink(stage, [0.1, 0.1, 0.1]);
      stage.ctx.lineWidth = 0.05 * clock.scale;
      stage.ctx.stroke();
      stage.ctx.beginPath();
      stage.ctx.moveTo(clock.x, clock.y - 0.22 * clock.scale);
      stage.ctx.lineTo(clock.x, clock.y);
      stage.ctx.lineTo(clock.x + 0.15 * clock.scale, clock.y + 0.06 * clock.scale);
      stage.ctx.stroke();
    },
    near(stage, s) {
      box(stage, { x: -stage.light.side * -s.seen * 0.6, y: 0.4, z: stage.camera.subject + 1.2, w: 1.7, h: 0.07, d: 0.45 }, [0.46, 0.3, 0.18]);
    },
  },
} satisfies Partial<Record<ArchetypeName, Interior>>;

function stained(stage: Stage, back: number): void {
  const { ctx } = stage;
  const p = project(stage.camera, 0, 3.1, back - 0.02);
  const r = 0.85 * p.scale;
  const colors: readonly Rgb[] = [[0.85, 0.25, 0.25], [0.3, 0.45, 0.9], [0.95, 0.75, 0.25], [0.3, 0.7, 0.45]];
  const lift = stage.light.time === "night" ? 0.5 : 1.1;
  for (let ring = 3; ring >= 1; ring--) for (let i = 0; i < 12; i++) {
    ctx.fillStyle = ink(stage, scale(colors[(i + ring) % 4] ?? [1, 1, 1], lift));
    ctx.beginPath();
    ctx.moveTo(p.x, p.y);
    ctx.arc(p.x, p.y, (r * ring) / 3, (i * Math.PI) / 6, ((i + 0.92) * Math.PI) / 6);
    ctx.fill();
  }
  glow(stage, p, r * 2.6, stage.light.window, 0.4);
}

function candlelight(stage: Stage, x: number, y: number, z: number): void {
  box(stage, { x, y, z, w: 0.05, h: 0.3, d: 0.05 }, [0.95, 0.92, 0.84]);
  const p = project(stage.camera, x, y + 0.36, z);
  glow(stage, p, 0.8 * p.scale, [1, 0.7, 0.35], 0.7);
}
