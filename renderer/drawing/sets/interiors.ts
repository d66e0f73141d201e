import { scale, type Rgb } from "../color.ts";
import { chance, glow, halfWidthAt, ink, project, type Stage } from "../stage.ts";
import type { ArchetypeName } from "./archetypes.ts";
import { bed, cabinet, chair, curtains, door, monitor, painting, pendant, plant, shelf, sofa, standingLamp, table } from "./furniture.ts";
import { publicRooms } from "./public-rooms.ts";
import { bright, dim, paintOutside, paintShell, plainRoom, shellOf, WHITE, withPanes, WOOD, type Room, type Shell } from "./room.ts";
import type { SetPainter } from "./set.ts";
import { board, box } from "./solids.ts";
import { space } from "./vehicles.ts";
import { grand } from "./grand-rooms.ts";

export interface Interior {
  room: Room;
  /** Things along the back wall. */
  mid(stage: Stage, shell: Shell): void;
  /** Things around the figures. */
  near?(stage: Stage, shell: Shell): void;
}

const DARK: Rgb = [0.25, 0.17, 0.12];


const homes = {
  kitchen: {
    room: { ...plainRoom, wall: [0.83, 0.84, 0.74], floor: [0.66, 0.6, 0.52], floorKind: "tiles", windows: "one" },
    mid(stage, s) {
      const color: Rgb = [0.42, 0.56, 0.54];
      board(stage, { x: 0, y: 0.92, z: s.back - 0.01, w: s.half * 2, h: 0.42 }, [0.9, 0.89, 0.84], 0.7);
      cabinet(stage, { x: 0, z: s.back - 0.3, w: s.half * 1.96, h: 0.88, d: 0.6, color, columns: Math.max(3, Math.round(s.half * 2.6)) });
      box(stage, { x: 0, y: 0.88, z: s.back - 0.3, w: s.half * 2, h: 0.05, d: 0.64 }, [0.62, 0.46, 0.3]);
      cabinet(stage, { x: dim(stage, s, 0.56), z: s.back - 0.18, y: 1.5, w: s.seen * 0.7, h: 0.75, d: 0.34, color, columns: 3 });
      const x = dim(stage, s, 0.14);
      board(stage, { x, y: 0.08, z: s.back - 0.63, w: 0.6, h: 0.74 }, [0.16, 0.16, 0.18]);
      board(stage, { x, y: 0.2, z: s.back - 0.64, w: 0.46, h: 0.34 }, [0.42, 0.24, 0.12]);
      box(stage, { x, y: 0.93, z: s.back - 0.3, w: 0.3, h: 0.2, d: 0.3 }, [0.75, 0.2, 0.16]);
      box(stage, { x: dim(stage, s, 0.95), y: 0, z: s.back - 0.4, w: 0.72, h: 1.85, d: 0.7 }, WHITE);
      pendant(stage, { x: bright(stage, s, 0.1), z: s.back - 1.2, y: 1.85, top: s.height, color: [0.8, 0.45, 0.2] });
    },
    near(stage, s) {
      table(stage, { x: dim(stage, s, 0.45), z: stage.camera.subject + 0.9 }, { w: 1.3, color: [0.62, 0.44, 0.28] });
      chair(stage, { x: dim(stage, s, 0.16), z: stage.camera.subject + 1.0 });
    },
  },
  "living-room": {
    room: { ...plainRoom, wall: [0.62, 0.64, 0.58], floor: [0.48, 0.32, 0.2], wainscot: { height: 0.85, color: [0.82, 0.79, 0.72] } },
    mid(stage, s) {
      for (const w of s.windows) curtains(stage, { ...w, z: s.back, color: [0.66, 0.32, 0.24] });
      painting(stage, { x: dim(stage, s, 0.3), y: 1.35, z: s.back - 0.02, w: 0.9, h: 0.65 });
      shelf(stage, { x: dim(stage, s, 0.8), z: s.back - 0.18, w: 0.9, h: 2, rows: 5, holds: "books" });
      sofa(stage, { x: dim(stage, s, 0.22), z: s.back - 0.6 }, [0.24, 0.36, 0.42]);
      standingLamp(stage, { x: bright(stage, s, 0.16), z: s.back - 0.5 });
    },
    near(stage, s) {
      box(stage, { x: 0, y: 0, z: stage.camera.subject + 0.9, w: s.half * 1.1, h: 0.012, d: 1.7 }, [0.62, 0.3, 0.24]);
      plant(stage, { x: bright(stage, s, 0.92), z: s.back - 0.7, h: 1.5 });
      table(stage, { x: dim(stage, s, 0.2), z: stage.camera.subject + 1.1 }, { w: 1, d: 0.5, h: 0.42 });
    },
  },
  bedroom: {
    room: { ...plainRoom, wall: [0.56, 0.6, 0.7], floor: [0.58, 0.44, 0.3], floorKind: "carpet", pattern: "stripes" },
    mid(stage, s) {
      for (const w of s.windows) curtains(stage, { ...w, z: s.back, color: [0.75, 0.7, 0.62] });
      painting(stage, { x: dim(stage, s, 0.4), y: 1.5, z: s.back - 0.02, w: 0.8, h: 0.5 });
      bed(stage, { x: dim(stage, s, 0.4), z: s.back - 1.05 }, [0.42, 0.28, 0.4]);
      cabinet(stage, { x: bright(stage, s, 0.12), z: s.back - 0.24, w: 0.45, h: 0.55, d: 0.4, color: WOOD, columns: 1, rows: 2 });
      standingLamp(stage, { x: bright(stage, s, 0.12), z: s.back - 0.3, y: 0.55, h: 0.45 });
    },
  },
  bathroom: {
    room: { ...plainRoom, wall: [0.75, 0.84, 0.85], floor: [0.6, 0.64, 0.66], floorKind: "tiles", pattern: "tiles" },
    mid(stage, s) {
      const x = dim(stage, s, 0.4);
      box(stage, { x, y: 0.7, z: s.back - 0.3, w: 0.8, h: 0.16, d: 0.5 }, WHITE);
      box(stage, { x, y: 0, z: s.back - 0.2, w: 0.24, h: 0.7, d: 0.24 }, WHITE);
      board(stage, { x, y: 1.2, z: s.back - 0.02, w: 0.86, h: 0.95 }, [0.5, 0.36, 0.22]);
      board(stage, { x, y: 1.25, z: s.back - 0.03, w: 0.76, h: 0.85 }, [0.7, 0.8, 0.84], 0.8);
      box(stage, { x: bright(stage, s, 0.5), y: 0, z: s.back - 0.5, w: 1.6, h: 0.58, d: 0.75 }, WHITE);
      pendant(stage, { x, z: s.back - 0.3, y: 2.3, top: s.height });
    },
  },
  attic: {
    room: { ...plainRoom, wall: [0.5, 0.36, 0.24], floor: [0.4, 0.27, 0.17], ceiling: [0.36, 0.25, 0.16], pattern: "panels", narrow: 0.75, height: 2.5 },
    mid(stage, s) {
      for (const k of [-0.6, 0, 0.6]) box(stage, { x: k * s.half, y: s.height - 0.16, z: s.back / 2 + 0.5, w: 0.16, h: 0.16, d: s.back }, DARK);
      box(stage, { x: dim(stage, s, 0.6), y: 0, z: s.back - 0.5, w: 0.9, h: 0.55, d: 0.5 }, [0.42, 0.25, 0.14]);
      box(stage, { x: dim(stage, s, 0.62), y: 0.55, z: s.back - 0.5, w: 0.5, h: 0.35, d: 0.4 }, [0.62, 0.48, 0.3]);
      shelf(stage, { x: dim(stage, s, 0.05), z: s.back - 0.2, w: 0.8, h: 1.3, rows: 3, holds: "boxes" });
      pendant(stage, { x: dim(stage, s, 0.2), z: s.back - 1, y: 1.9, top: s.height, color: [0.25, 0.2, 0.18] });
    },
  },
  interior: {
    room: { ...plainRoom },
    mid(stage, s) {
      door(stage, { x: dim(stage, s, 0.66), z: s.back - 0.01 });
      painting(stage, { x: dim(stage, s, 0.1), y: 1.3, z: s.back - 0.02, w: 0.7, h: 0.55 });
      cabinet(stage, { x: dim(stage, s, 0.12), z: s.back - 0.25, w: 1.1, h: 0.8, color: WOOD, columns: 3, rows: 2 });
      standingLamp(stage, { x: dim(stage, s, 0.24), z: s.back - 0.25, y: 0.8, h: 0.5 });
    },
    near(stage, s) {
      plant(stage, { x: bright(stage, s, 0.95), z: s.back - 0.6 });
    },
  },
} satisfies Partial<Record<ArchetypeName, Interior>>;

const work = {
  office: {
    room: { ...plainRoom, wall: [0.66, 0.7, 0.72], floor: [0.36, 0.4, 0.44], floorKind: "carpet", windows: "wide", depth: 3 },
    mid(stage, s) {
      for (let i = 0; i < 4; i++) board(stage, { x: 0, y: s.height - 0.75 + i * 0.09, z: s.back - 0.03, w: s.seen * 1.5, h: 0.03 }, WHITE, 0.6);
      cabinet(stage, { x: dim(stage, s, 0.82), z: s.back - 0.3, w: 0.5, h: 1.35, color: [0.5, 0.53, 0.55], columns: 1, rows: 4 });
      for (const k of [-0.42, 0.36]) {
        table(stage, { x: k * s.seen, z: s.back - 0.9 }, { w: 1.4, color: [0.72, 0.62, 0.48] });
        monitor(stage, { x: k * s.seen, z: s.back - 0.85, y: 0.75 });
      }
      for (const k of [-0.4, 0.4]) board(stage, { x: k * s.half, y: s.height - 0.02, z: s.back - 1, w: 0.2, h: 0.02 }, WHITE, 1);
      standingLamp(stage, { x: dim(stage, s, 0.55), z: s.back - 0.8, y: 0.75, h: 0.45 });
    },
    near(stage, s) {
      plant(stage, { x: bright(stage, s, 0.96), z: s.back - 0.6, h: 1.3 });
      chair(stage, { x: dim(stage, s, 0.3), z: s.back - 1.5 }, [0.2, 0.22, 0.26]);
    },
  },
  classroom: {
    room: { ...plainRoom, wall: [0.8, 0.76, 0.62], floor: [0.52, 0.38, 0.25], windows: "one", height: 3, depth: 3.2 },
    mid(stage, s) {
      const x = dim(stage, s, 0.28);
      board(stage, { x, y: 0.85, z: s.back - 0.02, w: s.seen * 0.98, h: 1.35 }, WOOD);
      board(stage, { x, y: 0.91, z: s.back - 0.03, w: s.seen * 0.98 - 0.12, h: 1.23 }, [0.16, 0.3, 0.25]);
      chalk(stage, s);
      sideWindows(stage, s);
    },
    near(stage, s) {
      for (const k of [-0.8, -0.3, 0.3, 0.8]) {
        table(stage, { x: k * s.seen, z: s.back - 1.1 }, { w: 0.75, d: 0.5, h: 0.7, color: [0.7, 0.52, 0.32] });
        chair(stage, { x: k * s.seen, z: s.back - 1.7 }, [0.45, 0.3, 0.2]);
      }
    },
  },
  library: {
    room: { ...plainRoom, wall: [0.36, 0.25, 0.18], floor: [0.36, 0.23, 0.15], ceiling: [0.4, 0.32, 0.25], height: 3.4, wainscot: { height: 0.7, color: [0.3, 0.19, 0.12] } },
    mid(stage, s) {
      for (const k of [-0.84, -0.42]) shelf(stage, { x: -stage.light.side * -k * s.seen, z: s.back - 0.2, w: s.seen * 0.4, h: 2.6, rows: 7, holds: "books" });
      shelf(stage, { x: 0, z: s.back - 0.2, w: s.seen * 0.36, h: 2.6, rows: 7, holds: "books" });
      pendant(stage, { x: 0, z: s.back - 1.3, y: 2, top: s.height, color: [0.16, 0.36, 0.26] });
    },
    near(stage, s) {
      table(stage, { x: dim(stage, s, 0.4), z: s.back - 1.5 }, { w: 1.6, color: [0.36, 0.22, 0.13] });
      standingLamp(stage, { x: dim(stage, s, 0.25), z: s.back - 1.5, y: 0.75, h: 0.42 });
    },
  },
  shop: {
    room: { ...plainRoom, wall: [0.78, 0.74, 0.66], floor: [0.72, 0.7, 0.66], floorKind: "tiles", windows: "one", depth: 3 },
    mid(stage, s) {
      for (const k of [0.74, 0.08]) shelf(stage, { x: dim(stage, s, k), z: s.back - 0.2, w: s.seen * 0.58, h: 2.1, rows: 5, holds: k < 0.1 ? "bottles" : "boxes", color: [0.7, 0.66, 0.58] });
      for (const k of [-0.5, 0.5]) pendant(stage, { x: k * s.seen, z: s.back - 1, y: 2.2, top: s.height, color: [0.75, 0.25, 0.2] });
    },
    near(stage, s) {
      cabinet(stage, { x: dim(stage, s, 0.6), z: stage.camera.subject + 1, w: 1.5, h: 0.98, color: [0.55, 0.42, 0.28], columns: 3 });
    },
  },
  lab: {
    room: { ...plainRoom, wall: [0.55, 0.62, 0.66], floor: [0.42, 0.46, 0.5], ceiling: [0.5, 0.55, 0.6], floorKind: "tiles", windows: "one", pattern: "panels", depth: 2.8 },
    mid(stage, s) {
      cabinet(stage, { x: 0, z: s.back - 0.35, w: s.half * 1.9, h: 0.9, d: 0.6, color: [0.72, 0.76, 0.78], columns: 7 });
      for (const k of [0.75, 0.3]) monitor(stage, { x: dim(stage, s, k), z: s.back - 0.35, y: 0.9, w: 0.62 });
      vials(stage, s);
      shelf(stage, { x: dim(stage, s, 0.5), z: s.back - 0.15, y: 1.75, w: s.seen * 0.7, h: 0.6, rows: 2, holds: "bottles", color: [0.6, 0.64, 0.66] });
      for (const k of [-0.4, 0.4]) pendant(stage, { x: k * s.seen, z: s.back - 0.9, y: s.height - 0.3, top: s.height, color: WHITE });
    },
    near(stage, s) {
      table(stage, { x: dim(stage, s, 0.62), z: stage.camera.subject + 1 }, { w: 1.3, h: 0.9, color: [0.74, 0.77, 0.8] });
    },
  },
  prison: {
    room: { ...plainRoom, wall: [0.44, 0.46, 0.44], floor: [0.36, 0.36, 0.35], ceiling: [0.4, 0.4, 0.4], floorKind: "plain", pattern: "brick", depth: 2.2, narrow: 0.7 },
    mid(stage, s) {
      for (const w of s.windows) for (let i = 0; i < 6; i++) board(stage, { x: w.x - w.w / 2 + (w.w * (i + 0.5)) / 6, y: w.y, z: s.back - 0.02, w: 0.035, h: w.h }, [0.2, 0.2, 0.21]);
      box(stage, { x: dim(stage, s, 0.5), y: 0.4, z: s.back - 0.5, w: 1.8, h: 0.1, d: 0.75 }, [0.5, 0.48, 0.42]);
      pendant(stage, { x: 0, z: s.back - 1, y: 1.95, top: s.height, color: [0.2, 0.22, 0.2] });
    },
    near(stage, s) {
      table(stage, { x: dim(stage, s, 0.3), z: stage.camera.subject + 0.8 }, { w: 1.2, color: [0.5, 0.52, 0.53] });
    },
  },
} satisfies Partial<Record<ArchetypeName, Interior>>;



function chalk(stage: Stage, s: Shell): void {
  const { ctx } = stage;
  const random = chance(stage, "chalk");
  ctx.strokeStyle = ink(stage, [0.9, 0.92, 0.88], 0.5);
  ctx.lineWidth = 1.6;
  for (let i = 0; i < 7; i++) {
    const p = project(stage.camera, dim(stage, s, 0.28) + (random() - 0.62) * s.seen * 0.62, 1.1 + random() * 0.85, s.back - 0.04);
    ctx.beginPath();
    for (let k = 0; k < 14; k++) ctx.lineTo(p.x + k * 0.06 * p.scale, p.y + Math.sin(k * 2.1 + i) * 0.02 * p.scale);
    ctx.stroke();
  }
}

/** Windows in the side wall on the light's side. */
function sideWindows(stage: Stage, s: Shell): void {
  const x = stage.light.side * (s.half - 0.02);
  for (let z = s.back - 0.8; z > 1.5; z -= 1.6) {
    box(stage, { x: stage.light.side * (s.half + 0.03), y: 0.95, z: z - 0.05, w: 0.1, h: 1.55, d: 1.1 }, WHITE);
    const p = project(stage.camera, x, 1.7, z);
    glow(stage, p, 1.1 * p.scale, stage.light.window, 0.5);
  }
}

function vials(stage: Stage, s: Shell): void {
  const random = chance(stage, "vials");
  for (let i = 0; i < 9; i++) {
    const x = (-0.1 + i * 0.055) * s.seen;
    const color = random.pick<Rgb>([[0.3, 0.85, 0.6], [0.9, 0.5, 0.25], [0.4, 0.6, 0.95]]);
    const p = project(stage.camera, x, 1, s.back - 0.5);
    board(stage, { x, y: 0.93, z: s.back - 0.5, w: 0.06, h: random.between(0.12, 0.26) }, color, 1);
    glow(stage, p, 0.16 * p.scale, color, 0.5);
  }
}

const interiors: Partial<Record<ArchetypeName, Interior>> = { ...homes, ...work, ...publicRooms, ...grand };

/** The room of that kind, as planes; null where the kind is no room. */
export function interiorSet(name: ArchetypeName): SetPainter | null {
  const interior = interiors[name];
  if (!interior) return null;
  return {
    far: (stage) => (name === "spaceship" ? space.far(stage) : interior.room.windows === "none" ? behindWalls(stage, interior.room) : paintOutside(stage)),
    mid: (stage) => {
      const shell = shellOf(stage, interior.room);
      paintShell(stage, interior.room, shell);
      interior.mid(withPanes(stage, shell), shell);
    },
    near: (stage) => interior.near?.(stage, shellOf(stage, interior.room)),
    foreground: (stage) => doorway(stage),
  };
}

function behindWalls(stage: Stage, room: Room): void {
  const { ctx, view } = stage;
  ctx.fillStyle = ink(stage, scale(room.wall, 0.2));
  ctx.fillRect(-view.marginX, -view.marginY, view.width + 2 * view.marginX, view.height + 2 * view.marginY);
}

/** In a wide picture somebody looks in from the next room: the frame's dark edge. */
function doorway(stage: Stage): void {
  const { ctx, view } = stage;
  if (halfWidthAt(stage, stage.camera.subject) < 2.4) return;
  const side = -stage.light.side;
  const wide = view.width * 0.055 + view.marginX;
  const x = side < 0 ? -view.marginX : view.width + view.marginX - wide;
  const edge = ctx.createLinearGradient(side < 0 ? x + wide + 3 : x - 3, 0, side < 0 ? x : x + wide, 0);
  edge.addColorStop(0, ink(stage, scale(stage.light.ambient, 0.34), 0));
  edge.addColorStop(0.09, ink(stage, scale(stage.light.ambient, 0.34), 0.96));
  edge.addColorStop(1, ink(stage, scale(stage.light.ambient, 0.12), 1));
  ctx.fillStyle = edge;
  ctx.fillRect(x - 4, -view.marginY, wide + 8, view.height + 2 * view.marginY);
}

