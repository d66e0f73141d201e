import { createCanvas, type Canvas } from "@napi-rs/canvas";
import { css, mix, scale, type Rgb } from "../color.ts";
import type { Placement } from "../compose.ts";
import { blurredCopy, everywhere, glow, ink, project, type Context, type Point, type Stage } from "../stage.ts";
import { outline } from "../finish.ts";
import { paintAnimal } from "./animal.ts";
import { paintArm, paintLegs, paintTorso, type Figure } from "./body.ts";
import { brushOf, type Brush } from "./brush.ts";
import { paintHead, paintHeadBehind, paintNearEar, paintNeck } from "./head.ts";
import { paintHeld, paintSeat } from "./holding.ts";
import { paintRobot } from "./robot.ts";
import { skeletonOf } from "./skeleton.ts";
import { wardrobeOf } from "./wardrobe.ts";

/** After dark the air behind a figure is a little brighter than the figure's edge, so that it stands out. */
function halo(stage: Stage, standing: Standing): void {
  const { light } = stage;
  const { ground, scale: s, placement } = standing;
  if (light.interior || light.lamps < 0.7 || placement.role !== "subject") return;
  const height = 1.75 * placement.actor.look.height * s;
  glow(stage, { x: ground.x, y: ground.y - height * 0.62 }, height * 0.85, mix(light.haze, [0.75, 0.62, 0.5], 0.4), 0.3);
}

/** A piece of the plane, just large enough for one figure. */
interface Layer {
  canvas: Canvas;
  ctx: Context;
  x: number;
  y: number;
}

interface Standing {
  placement: Placement;
  ground: Point;
  scale: number;
}

/** Paints one figure with its shadow into the stage's plane: local colours first, then form, key light and rim over its own silhouette. */
export function paintFigure(stage: Stage, placement: Placement): void {
  const at = project(stage.camera, placement.x, placement.lift, placement.z);
  const standing: Standing = { placement, ground: at, scale: at.scale };
  const layer = layerFor(stage, standing);
  if (!layer) return;
  const brush = brushOf(stage, layer.ctx, { scale: at.scale, distance: placement.z });
  layer.ctx.translate(at.x, at.y);
  layer.ctx.scale(at.scale * placement.facing, at.scale);
  if (placement.actor.pose === "lying" && placement.actor.species === "person") {
    layer.ctx.translate(-0.8, -0.13);
    layer.ctx.rotate(Math.PI / 2);
  }
  paintLocal(brush, placement);
  layer.ctx.resetTransform();
  shade(stage, layer, standing);
  outline(layer.canvas, stage.style);
  halo(stage, standing);
  castShadow(stage, layer, standing);
  stage.ctx.drawImage(layer.canvas, layer.x, layer.y);
}

function layerFor(stage: Stage, standing: Standing): Layer | null {
  const { ground, scale: s, placement } = standing;
  const height = 1.75 * placement.actor.look.height;
  const reach = Math.max(height * 0.78, placement.actor.species === "horse" ? 1.7 : 0.6) * s;
  const top = Math.max(height * 1.22, placement.actor.species === "horse" ? 2.3 : 0.8) * s;
  const [left, upper, width, full] = everywhere(stage.view);
  const x = Math.floor(Math.max(left, ground.x - reach));
  const y = Math.floor(Math.max(upper, ground.y - top));
  const w = Math.ceil(Math.min(left + width, ground.x + reach) - x);
  const h = Math.ceil(Math.min(upper + full, ground.y + 0.12 * s) - y);
  if (w < 2 || h < 2) return null;
  const canvas = createCanvas(w, h);
  const ctx = canvas.getContext("2d");
  ctx.translate(-x, -y);
  return { canvas, ctx, x, y };
}

function paintLocal(brush: Brush, placement: Placement): void {
  const { actor } = placement;
  if (actor.species === "robot") return paintRobot(brush, placement);
  if (actor.species !== "person") return paintAnimal(brush, placement);
  const back = placement.role === "shoulder";
  const figure: Figure = { skeleton: skeletonOf(actor, placement.turn), wardrobe: wardrobeOf(actor), turn: back ? 0 : placement.turn, back };
  if (actor.pose === "sitting") paintSeat(brush, figure);
  if (!back) paintHeadBehind(brush, figure, actor);
  paintArm(brush, figure, "farArm");
  paintLegs(brush, figure);
  paintNeck(brush, figure);
  paintTorso(brush, figure);
  paintHead(brush, figure, actor);
  paintNearEar(brush, figure, actor);
  if (back && actor.look.hairStyle === "bun") paintHeadBehind(brush, figure, actor);
  if (actor.holds) paintHeld(brush, figure, { prop: actor.holds, arm: actor.pose === "phoning" ? "nearArm" : "farArm" });
  paintArm(brush, figure, "nearArm");
}

/**
 * A copy of the layer's silhouette in one colour, moved against itself: what remains is the side that faces (or avoids) the light.
 * It is made `shrink` times smaller, because it is laid on softly.
 */
function edge(layer: Layer, input: { dx: number; dy: number; color: string; shrink: number; blur: number }): Canvas {
  const { shrink } = input;
  const canvas = createCanvas(Math.ceil(layer.canvas.width / shrink), Math.ceil(layer.canvas.height / shrink));
  const ctx = canvas.getContext("2d");
  const { width, height } = canvas;
  ctx.drawImage(layer.canvas, 0, 0, width, height);
  ctx.globalCompositeOperation = "destination-out";
  ctx.drawImage(layer.canvas, input.dx / shrink, input.dy / shrink, width, height);
  ctx.globalCompositeOperation = "source-in";
  ctx.fillStyle = input.color;
  ctx.fillRect(0, 0, width, height);
  return blurredCopy(canvas, input.blur / shrink);
}

function shade(stage: Stage, layer: Layer, standing: Standing): void {
  const { light } = stage;
  const { ctx, canvas } = layer;
  const { scale: s, placement } = standing;
  const size = s * placement.actor.look.height;
  const shoulder = placement.role === "shoulder";
  ctx.save();
  ctx.globalCompositeOperation = "source-atop";
  const dark: Rgb = mix(scale(light.ambient, 0.4), [0.06, 0.04, 0.12], 0.5);
  if (size > 40) {
    const wide = Math.max(2, size * 0.075);
    const shadow = edge(layer, { dx: light.side * wide, dy: wide * 0.2, color: css(stage.grade(dark), 1), shrink: wide > 12 ? 4 : 2, blur: wide * 0.5 });
    ctx.globalAlpha = stage.style === "comic" || stage.style === "noir" ? 0.78 : 0.6;
    ctx.drawImage(shadow, 0, 0, canvas.width, canvas.height);
  }
  // The lower body falls away from the light, so that the face leads.
  const fall = ctx.createLinearGradient(0, 0, 0, canvas.height);
  fall.addColorStop(0.25, css(stage.grade(dark), 0));
  fall.addColorStop(1, css(stage.grade(dark), shoulder ? 0.6 : 0.3));
  ctx.globalAlpha = 1;
  ctx.fillStyle = fall;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  if (shoulder) {
    ctx.fillStyle = css(stage.grade(dark), 0.62);
    ctx.fillRect(0, 0, canvas.width, canvas.height);
  }
  ctx.restore();
  rim(stage, layer, { size, shoulder });
}

function rim(stage: Stage, layer: Layer, input: { size: number; shoulder: boolean }): void {
  const { light } = stage;
  const { ctx } = layer;
  const thick = Math.min(9, Math.max(0.8, input.size * 0.011));
  const strong = light.time === "day" || light.time === "morning" ? 0.5 : 0.85;
  const bright = edge(layer, { dx: -light.side * thick, dy: thick * 0.55, color: ink(stage, scale(light.rim, 1.15)), shrink: thick > 4 ? 2 : 1, blur: thick > 2 ? thick * 0.3 : 0 });
  ctx.save();
  ctx.globalCompositeOperation = "source-atop";
  ctx.globalAlpha = strong * (input.shoulder ? 0.7 : 1);
  ctx.drawImage(bright, 0, 0, layer.canvas.width, layer.canvas.height);
  ctx.restore();
}

function silhouette(layer: Layer, input: { color: string; blur: number }): Canvas {
  const shrink = input.blur > 3 ? 3 : 2;
  const canvas = createCanvas(Math.ceil(layer.canvas.width / shrink), Math.ceil(layer.canvas.height / shrink));
  const ctx = canvas.getContext("2d");
  ctx.drawImage(layer.canvas, 0, 0, canvas.width, canvas.height);
  ctx.globalCompositeOperation = "source-in";
  ctx.fillStyle = input.color;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  return blurredCopy(canvas, input.blur / shrink);
}

/** The silhouette laid on the ground, away from the light, and a darker contact under the feet. */
function castShadow(stage: Stage, layer: Layer, standing: Standing): void {
  const { light, ctx } = stage;
  const { ground, scale: s, placement } = standing;
  if (placement.role !== "subject" || placement.lift > 0 || ground.y > stage.view.height + stage.view.marginY * 1.4) return;
  const tilt = (stage.camera.horizon - ground.y) / (stage.camera.focal * 1.2);
  const flat = Math.max(0.06, Math.min(0.5, Math.abs(tilt)));
  const color: Rgb = mix(scale(light.ambient, 0.22), [0.03, 0.02, 0.06], 0.6);
  ctx.save();
  if (light.shadowAlpha > 0.2) {
    const behind = light.disc && !light.interior ? 1 : -1;
    ctx.translate(ground.x, ground.y);
    ctx.transform(1, 0, light.side * light.shadowLength * 0.75, -flat * behind * Math.min(1.6, light.shadowLength), 0, 0);
    ctx.translate(-ground.x, -ground.y);
    ctx.globalAlpha = light.shadowAlpha;
    ctx.drawImage(silhouette(layer, { color: ink(stage, color), blur: Math.max(0.8, s * 0.014) }), layer.x, layer.y, layer.canvas.width, layer.canvas.height);
  }
  ctx.restore();
  ctx.save();
  ctx.translate(ground.x, ground.y);
  ctx.scale(1, 0.2);
  const contact = ctx.createRadialGradient(0, 0, 0, 0, 0, 0.42 * s);
  contact.addColorStop(0, ink(stage, color, 0.62));
  contact.addColorStop(1, ink(stage, color, 0));
  ctx.fillStyle = contact;
  ctx.fillRect(-s, -s, s * 2, s * 2);
  ctx.restore();
}
