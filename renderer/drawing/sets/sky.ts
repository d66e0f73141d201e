import { mix, scale, type Rgb } from "../color.ts";
import { chance, everywhere, glow, ink, linear, softly, type Stage } from "../stage.ts";

/** The whole sky behind everything: gradient, stars, sun or moon, clouds. */
export function paintSky(stage: Stage): void {
  const { ctx, light, view } = stage;
  const horizon = Math.max(view.height * 0.3, Math.min(view.height * 1.05, stage.camera.horizon));
  const top = -view.marginY;
  ctx.fillStyle = linear(stage, { x: 0, y: top }, { x: 0, y: horizon }, [
    { at: 0, color: light.sky[0] },
    { at: 0.55, color: light.sky[1] },
    { at: 1, color: light.sky[2] },
  ]);
  ctx.fillRect(...everywhere(view));
  if (light.stars > 0.02) stars(stage, horizon);
  if (light.disc) disc(stage, horizon);
  clouds(stage, horizon);
}

function stars(stage: Stage, horizon: number): void {
  const { ctx, light, view } = stage;
  const random = chance(stage, "stars");
  const [x0, y0, width] = everywhere(view);
  const count = Math.round(150 * light.stars);
  for (let i = 0; i < count; i++) {
    const y = y0 + random() ** 1.4 * (horizon - y0) * 0.92;
    const size = random() < 0.06 ? 1.9 : 0.5 + random() * 0.8;
    ctx.fillStyle = ink(stage, [1, 0.98, 0.92], (0.35 + random() * 0.6) * light.stars * (1 - (y - y0) / (horizon - y0)) ** 0.5);
    ctx.beginPath();
    ctx.arc(x0 + random() * width, y, size, 0, Math.PI * 2);
    ctx.fill();
  }
}

function disc(stage: Stage, horizon: number): void {
  const { ctx, light, view } = stage;
  if (!light.disc) return;
  const size = Math.min(view.width, view.height);
  const x = view.width * (0.5 + light.disc.x * 0.5);
  const y = horizon - Math.max(0.02, light.disc.y) * horizon * 0.88;
  const low = light.disc.y < 0.2;
  const r = size * (light.disc.moon ? 0.048 : low ? 0.075 : 0.04);
  glow(stage, { x, y }, size * (low ? 0.95 : 0.6), light.disc.color, light.disc.moon ? 0.34 : 0.75);
  glow(stage, { x, y }, r * 3.2, light.disc.color, 0.7);
  ctx.fillStyle = ink(stage, mix(light.disc.color, [1, 1, 1], low ? 0.35 : 0.7));
  ctx.beginPath();
  ctx.arc(x, y, r, 0, Math.PI * 2);
  ctx.fill();
  if (!light.disc.moon) return;
  ctx.fillStyle = ink(stage, scale(light.disc.color, 0.8), 0.7);
  for (const [dx, dy, k] of [[-0.3, -0.2, 0.26], [0.25, 0.3, 0.18], [0.3, -0.35, 0.13], [-0.15, 0.45, 0.12]] as const) {
    ctx.beginPath();
    ctx.arc(x + dx * r, y + dy * r, r * k, 0, Math.PI * 2);
    ctx.fill();
  }
}

const cover: Record<Stage["light"]["weather"], number> = { clear: 5, cloud: 18, rain: 22, snow: 16, fog: 6, storm: 26 };

function clouds(stage: Stage, horizon: number): void {
  const { light, view } = stage;
  const random = chance(stage, "clouds");
  const [x0, y0, width] = everywhere(view);
  const heavy = light.weather === "storm" || light.weather === "rain";
  const bright: Rgb = light.disc ? mix(light.sky[2], light.disc.color, 0.7) : mix(light.sky[2], [1, 1, 1], heavy ? 0.02 : 0.18);
  const dim: Rgb = scale(mix(light.sky[0], light.sky[1], 0.6), heavy ? 0.62 : 0.86);
  softly(stage, { blur: view.height * 0.006 }, (soft) => {
    for (let i = 0; i < cover[light.weather]; i++) {
      const depth = random();
      const y = y0 + (horizon - y0) * (heavy ? random() * 0.75 : 0.18 + depth * 0.68);
      const long = width * (0.1 + random() * 0.2) * (1.25 - depth * 0.7);
      cloud(soft, { x: x0 + random() * width, y, long, tall: long * (heavy ? 0.24 : 0.13) * (1.1 - depth * 0.5), bright, dim, random });
    }
  });
}

/** A bank of puffs with a lit top and a shaded, flat base. */
function cloud(stage: Stage, c: { x: number; y: number; long: number; tall: number; bright: Rgb; dim: Rgb; random: () => number }): void {
  const { ctx, light } = stage;
  const night = light.time === "night";
  for (let i = 0; i < 9; i++) {
    const t = i / 8 - 0.5;
    const r = c.tall * (0.45 + c.random() * 0.65) * (1 - Math.abs(t) * 0.9);
    const x = c.x + t * c.long;
    const y = c.y - r * 0.5;
    const body = ctx.createLinearGradient(0, y - r, 0, y + r * 0.7);
    body.addColorStop(0, ink(stage, c.bright, night ? 0.14 : 0.62));
    body.addColorStop(1, ink(stage, c.dim, night ? 0.1 : 0.42));
    ctx.fillStyle = body;
    ctx.beginPath();
    ctx.ellipse(x, y, r * 1.7, r, 0, 0, Math.PI * 2);
    ctx.fill();
  }
}
