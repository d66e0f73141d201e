import type { TimeOfDay, Weather } from "../../../film/film.ts";
import { createCanvas, type Canvas } from "@napi-rs/canvas";
import { randomOf } from "../random.ts";
import type { Context, View } from "../stage.ts";

/** Rain, snow or fog as it moves. `behind` paints what is far off, else what is near the lens. */
export interface MovingWeather {
  paint(ctx: Context, frame: number, layer: "behind" | "before"): void;
}

interface Drop {
  x: number;
  y: number;
  size: number;
  phase: number;
}

/** Nothing falls in clear or cloudy weather: null. */
export function movingWeather(input: { weather: Weather | null; time: TimeOfDay | null; view: View; seed: number }): MovingWeather | null {
  const { view } = input;
  const dark = input.time === "night" || input.time === "evening";
  const drops = (count: number, name: string): Drop[] => {
    const random = randomOf(input.seed, "weather", name);
    return Array.from({ length: Math.round((count * view.width * view.height) / 921_600) }, () => ({ x: random(), y: random(), size: random(), phase: random() * Math.PI * 2 }));
  };
  switch (input.weather) {
    case "rain":
      return rain({ view, behind: drops(230, "behind"), before: drops(70, "before"), slant: 0.16, flash: null });
    case "storm":
      return rain({ view, behind: drops(300, "behind"), before: drops(110, "before"), slant: 0.36, flash: input.seed });
    case "snow":
      return snow({ view, behind: drops(240, "behind"), before: drops(60, "before") });
    case "fog":
      return fog({ view, seed: input.seed, tone: dark ? "rgba(120,132,160," : "rgba(222,226,230," });
    default:
      return null;
  }
}

function rain(r: { view: View; behind: Drop[]; before: Drop[]; slant: number; flash: number | null }): MovingWeather {
  const { width, height } = r.view;
  return {
    paint: (ctx, frame, layer) => {
      const near = layer === "before";
      const speed = near ? 0.085 : 0.055;
      ctx.strokeStyle = near ? "rgba(225,235,250,0.34)" : "rgba(215,228,245,0.26)";
      ctx.lineWidth = near ? 1.8 : 1.1;
      ctx.beginPath();
      for (const drop of near ? r.before : r.behind) {
        const long = height * (near ? 0.085 : 0.04) * (0.6 + drop.size * 0.8);
        const fall = drop.y + frame * speed * (0.85 + drop.size * 0.3);
        const y = (fall % 1.15) * height - long;
        const x = (((drop.x - (fall % 1.15) * r.slant * 0.5) % 1) + 1) % 1;
        ctx.moveTo(x * width * 1.2 - width * 0.1, y);
        ctx.lineTo(x * width * 1.2 - width * 0.1 - r.slant * long, y + long);
      }
      ctx.stroke();
      if (near && r.flash !== null) lightning(ctx, r.view, { frame, seed: r.flash });
    },
  };
}

/** Now and then the sky lights up, twice in quick succession. */
function lightning(ctx: Context, view: View, at: { frame: number; seed: number }): void {
  const cycle = 74;
  const random = randomOf(at.seed, "lightning", Math.floor(at.frame / cycle));
  const start = Math.floor(random() * (cycle - 12));
  const since = (at.frame % cycle) - start;
  const strength = [0.42, 0.3, 0.12, 0.04, 0.32, 0.2, 0.1, 0.04][since];
  if (strength === undefined) return;
  ctx.fillStyle = `rgba(215,228,255,${strength})`;
  ctx.fillRect(0, 0, view.width, view.height);
}

function snow(s: { view: View; behind: Drop[]; before: Drop[] }): MovingWeather {
  const { width, height } = s.view;
  return {
    paint: (ctx, frame, layer) => {
      const near = layer === "before";
      ctx.fillStyle = near ? "rgba(255,255,255,0.7)" : "rgba(255,255,255,0.78)";
      ctx.beginPath();
      for (const flake of near ? s.before : s.behind) {
        const r = (near ? 2.6 : 1.1) * (0.6 + flake.size);
        const y = ((flake.y + frame * (near ? 0.0056 : 0.0034) * (0.7 + flake.size * 0.6)) % 1.04) * height;
        const x = ((((flake.x + frame * 0.0007 + 0.012 * Math.sin(frame * 0.05 + flake.phase)) % 1) + 1) % 1) * width;
        ctx.moveTo(x + r, y);
        ctx.arc(x, y, r, 0, Math.PI * 2);
      }
      ctx.fill();
    },
  };
}

function fog(f: { view: View; seed: number; tone: string }): MovingWeather {
  const { width, height } = f.view;
  const bank = fogBank(f);
  return {
    paint: (ctx, frame, layer) => {
      if (layer === "behind") return;
      const shift = (frame * width * 0.0011) % width;
      ctx.drawImage(bank, -shift, height * 0.3);
      ctx.drawImage(bank, width - shift, height * 0.3);
    },
  };
}

/** A strip of mist that meets itself at its ends. */
function fogBank(f: { view: View; seed: number; tone: string }): Canvas {
  const { width, height } = f.view;
  const canvas = createCanvas(width, Math.round(height * 0.7));
  const ctx = canvas.getContext("2d");
  const random = randomOf(f.seed, "bank");
  for (let i = 0; i < 12; i++) {
    const x = random() * width;
    const y = canvas.height * (0.25 + random() * 0.5);
    const r = width * (0.12 + random() * 0.16);
    for (const turn of [-width, 0, width]) {
      ctx.save();
      ctx.translate(x + turn, y);
      ctx.scale(1, 0.3);
      const puff = ctx.createRadialGradient(0, 0, 0, 0, 0, r);
      puff.addColorStop(0, `${f.tone}0.22)`);
      puff.addColorStop(1, `${f.tone}0)`);
      ctx.fillStyle = puff;
      ctx.fillRect(-r, -r, r * 2, r * 2);
      ctx.restore();
    }
  }
  return canvas;
}
