import { createCanvas, type Canvas } from "@napi-rs/canvas";
import { gradeOf } from "./color.ts";
import { compose, OVERSCAN, type Composition } from "./compose.ts";
import { paintFigure } from "./figures/paint.ts";
import { bloom, grain, halftone, vignette, wash } from "./finish.ts";
import { paintInsert, paintSurface } from "./insert.ts";
import { lightOf, type Light } from "./light.ts";
import { hashOf, randomOf } from "./random.ts";
import { readScene, type PanelInput, type Scene } from "./scene.ts";
import { isLamplit } from "./sets/archetypes.ts";
import { setOf } from "./sets/index.ts";
import { blurredCopy, createPlane, type Stage } from "./stage.ts";
import { paintWeather } from "./weather.ts";

export interface Panel {
  /** The picture as it is shown. */
  panel: Canvas;
  /** Its planes from far to near, each larger than the picture by `overscan` of its size on every side. */
  planes: Canvas[];
  /** 0 far to 1 near, one for each plane. */
  depths: number[];
  overscan: number;
}

/** Depth of the nearest plane of a room. Less than 1 says that the weather is outside, behind the windows. */
const INDOOR_NEAREST = 0.95;

/** Draws a storyboard panel. The same input gives the same pixels; no input fails. */
export function drawPanel(input: PanelInput): Panel {
  const scene = readScene(input);
  const set = lightFor(input, scene);
  const composition = compose(scene, { ...input, lightSide: set.light.side });
  const base: Omit<Stage, "ctx"> = { view: composition.view, camera: composition.camera, light: set.light, grade: gradeOf(input.style), style: input.style, seed: set.seed };
  const planes = paintPlanes(base, { scene, composition });
  const { view } = composition;
  const panel = createCanvas(view.width, view.height);
  const ctx = panel.getContext("2d");
  const falls = scene.interior ? 1 : 2;
  planes.forEach((plane, i) => {
    // What falls is not in the planes: in the film it moves by itself. Behind a window it shows through the panes.
    if (i === falls) paintWeather({ ...base, ctx }, { near: false });
    ctx.drawImage(plane.canvas, -view.marginX, -view.marginY);
  });
  if (!scene.interior) paintWeather({ ...base, ctx }, { near: true });
  bloom(ctx, panel, input.style);
  vignette(ctx, view, input.style);
  grain(ctx, view, input);
  return { panel, planes: planes.map((p) => p.canvas), depths: planes.map((p) => p.depth), overscan: OVERSCAN };
}

/** Set and light follow the place, not the shot, so that shots of one scene cut together. */
function lightFor(input: PanelInput, scene: Scene): { light: Light; seed: number } {
  const seed = hashOf(`${input.place.slice(0, 200)} ${scene.archetype.name}`) ^ input.seed;
  const random = randomOf(seed, "light");
  const side = random() < 0.5 ? -1 : 1;
  return { light: lightOf({ time: scene.time, weather: scene.weather, interior: scene.interior, lamplit: isLamplit(scene.archetype.name), side, discX: side * random.between(0.25, 0.7) }), seed };
}

interface Plane {
  canvas: Canvas;
  depth: number;
}

function paintPlanes(base: Omit<Stage, "ctx">, made: { scene: Scene; composition: Composition }): Plane[] {
  const { scene, composition } = made;
  const set = setOf(scene.archetype);
  const tight = composition.camera.subject < 4 ? Math.min(1, (4 - composition.camera.subject) / 2.4) : 0;
  const blur = tight * base.view.height * 0.0085;
  const plane = (depth: number, paint: (stage: Stage) => void, soft = 0): Plane => {
    const { canvas, ctx } = createPlane(base.view);
    paint({ ...base, ctx });
    wash({ ...base, ctx });
    return { canvas: soft > 0.5 ? softened(canvas, soft) : canvas, depth };
  };
  const insert = scene.framing === "insert";
  const planes = [
    plane(0, (stage) => set.far(stage), blur * 1.2),
    plane(0.3, (stage) => {
      set.mid(stage);
      halftone(stage);
    }, blur),
  ];
  if (insert) {
    planes.push(plane(0.55, (stage) => paintSurface(stage, scene)));
    planes.push(figures(base, (stage) => paintInsert(stage, { prop: scene.props[0] ?? "cup", hand: composition.placements[0] ?? null }), 0.72));
  } else {
    planes.push(plane(0.5, (stage) => set.near(stage), blur * 0.8));
    const subjects = composition.placements.filter((p) => p.role === "subject").sort((a, b) => b.z - a.z);
    planes.push(figures(base, (stage) => subjects.forEach((p) => paintFigure(stage, p)), 0.68));
  }
  const shoulders = composition.placements.filter((p) => p.role === "shoulder");
  planes.push(plane(scene.interior ? INDOOR_NEAREST : 1, (stage) => {
    for (const p of shoulders) paintFigure(stage, p);
    set.foreground(stage);
  }));
  return planes;
}

function figures(base: Omit<Stage, "ctx">, paint: (stage: Stage) => void, depth: number): Plane {
  const { canvas, ctx } = createPlane(base.view);
  paint({ ...base, ctx });
  return { canvas, depth };
}

/** Out of focus: the plane again, smaller and through a blur. It is drawn a little larger, so that its edges do not fade. */
function softened(source: Canvas, pixels: number): Canvas {
  const shrink = pixels > 3 ? 3 : 2;
  const small = createCanvas(Math.round(source.width / shrink), Math.round(source.height / shrink));
  const down = small.getContext("2d");
  down.imageSmoothingQuality = "medium";
  down.drawImage(source, 0, 0, small.width, small.height);
  const bleed = Math.ceil(pixels * 3.2) + 2 * shrink;
  const canvas = createCanvas(source.width, source.height);
  const ctx = canvas.getContext("2d");
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(blurredCopy(small, pixels / shrink), -bleed, -bleed, source.width + bleed * 2, source.height + bleed * 2);
  return canvas;
}
