import type { Weather } from "../../film/film.ts";
import { everywhere, ink, type Stage } from "./stage.ts";
import { chance } from "./stage.ts";

/** How many drops or flakes fall in a picture of a million pixels. */
const density: Partial<Record<Weather, number>> = { rain: 420, storm: 620, snow: 520 };

/** What falls or drifts before the lens, still, for a panel. The moving kind is in `motion/`. */
export function paintWeather(stage: Stage, input: { near: boolean }): void {
  const { weather } = stage.light;
  if (weather === "fog") return fog(stage, input.near ? 0.2 : 0.5);
  const count = density[weather];
  if (!count) return;
  if (weather === "snow") snow(stage, { count: input.near ? count * 0.35 : count, near: input.near });
  else rain(stage, { count: input.near ? count * 0.4 : count, near: input.near });
}

function rain(stage: Stage, r: { count: number; near: boolean }): void {
  const { ctx, view, light } = stage;
  const random = chance(stage, "rain", r.near ? 1 : 0);
  const [x0, y0, width, height] = everywhere(view);
  const slant = light.weather === "storm" ? 0.36 : 0.16;
  for (const [share, alpha, wide] of [[0.7, 0.2, 1], [0.3, 0.34, 1.7]] as const) {
    ctx.strokeStyle = ink(stage, [0.86, 0.92, 1], alpha);
    ctx.lineWidth = wide * (r.near ? 1.5 : 1);
    ctx.beginPath();
    for (let i = 0; i < r.count * share; i++) {
      const long = view.height * (r.near ? 0.09 : 0.045) * (0.6 + random() * 0.8);
      const x = x0 + random() * width;
      const y = y0 + random() * height;
      ctx.moveTo(x, y);
      ctx.lineTo(x - slant * long, y + long);
    }
    ctx.stroke();
  }
}

function snow(stage: Stage, s: { count: number; near: boolean }): void {
  const { ctx, view } = stage;
  const random = chance(stage, "snow", s.near ? 1 : 0);
  const [x0, y0, width, height] = everywhere(view);
  for (let i = 0; i < s.count; i++) {
    const r = (s.near ? 2.4 : 1) * (0.6 + random() * 1.5);
    ctx.fillStyle = ink(stage, [1, 1, 1], s.near ? 0.5 + random() * 0.3 : 0.75);
    ctx.beginPath();
    ctx.arc(x0 + random() * width, y0 + random() * height, r, 0, Math.PI * 2);
    ctx.fill();
  }
}

/** Banks of mist, thicker towards the ground. */
export function fog(stage: Stage, strength: number): void {
  const { ctx, view, light } = stage;
  const random = chance(stage, "fog", strength);
  const [x0, y0, width, height] = everywhere(view);
  const base = ctx.createLinearGradient(0, y0, 0, y0 + height);
  base.addColorStop(0, ink(stage, light.haze, strength * 0.4));
  base.addColorStop(0.6, ink(stage, light.haze, strength * 0.75));
  base.addColorStop(1, ink(stage, light.haze, strength * 0.5));
  ctx.fillStyle = base;
  ctx.fillRect(x0, y0, width, height);
  for (let i = 0; i < 9; i++) {
    const x = x0 + random() * width;
    const y = y0 + height * (0.4 + random() * 0.45);
    const r = width * (0.14 + random() * 0.2);
    ctx.save();
    ctx.translate(x, y);
    ctx.scale(1, 0.2);
    const bank = ctx.createRadialGradient(0, 0, 0, 0, 0, r);
    bank.addColorStop(0, ink(stage, light.haze, strength * 0.6));
    bank.addColorStop(1, ink(stage, light.haze, 0));
    ctx.fillStyle = bank;
    ctx.fillRect(-r, -r, r * 2, r * 2);
    ctx.restore();
  }
}
