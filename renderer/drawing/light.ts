import type { TimeOfDay, Weather } from "../../film/film.ts";
import { mix, multiply, saturate, scale, type Rgb } from "./color.ts";

/** The light of a scene: what the sky looks like, where light comes from, and what it does to colours. */
export interface Light {
  time: TimeOfDay;
  weather: Weather;
  interior: boolean;
  /** Sky colours from the zenith to the horizon. */
  sky: readonly [Rgb, Rgb, Rgb];
  /** Sun or moon: `x` -1 left to 1 right, `y` 0 horizon to 1 zenith; null where clouds hide it. */
  disc: { x: number; y: number; color: Rgb; moon: boolean } | null;
  /** What faces the light, and what does not. */
  key: Rgb;
  ambient: Rgb;
  /** The colour into which distance fades, and how fast per metre. */
  haze: Rgb;
  hazePerMetre: number;
  /** Side from which the key comes: -1 left, 1 right. */
  side: -1 | 1;
  /** Length of a cast shadow per metre of height, and how dark it is. */
  shadowLength: number;
  shadowAlpha: number;
  /** Lamps and lit windows: 0 off to 1 bright. */
  lamps: number;
  stars: number;
  /** Colour of light through a window. */
  window: Rgb;
  /** Colour of the bright edge around a figure. */
  rim: Rgb;
  /** What reaches a figure after dark besides the sky: street lamps, or nothing but the moon. */
  fill: Rgb;
}

interface Sky {
  sky: readonly [Rgb, Rgb, Rgb];
  key: Rgb;
  ambient: Rgb;
  height: number;
  disc: Rgb;
  shadowLength: number;
  lamps: number;
  stars: number;
}

const skies: Record<TimeOfDay, Sky> = {
  dawn: { sky: [[0.34, 0.4, 0.62], [0.79, 0.62, 0.72], [1, 0.78, 0.68]], key: [1.0, 0.72, 0.66], ambient: [0.46, 0.44, 0.58], height: 0.07, disc: [1, 0.85, 0.76], shadowLength: 2.6, lamps: 0.25, stars: 0.12 },
  morning: { sky: [[0.54, 0.72, 0.87], [0.82, 0.89, 0.88], [1, 0.95, 0.78]], key: [1.1, 1.0, 0.76], ambient: [0.52, 0.57, 0.64], height: 0.42, disc: [1, 0.97, 0.86], shadowLength: 1.5, lamps: 0, stars: 0 },
  day: { sky: [[0.12, 0.4, 0.82], [0.34, 0.63, 0.94], [0.7, 0.86, 0.98]], key: [1.05, 1.03, 0.97], ambient: [0.6, 0.64, 0.7], height: 0.8, disc: [1, 1, 0.96], shadowLength: 0.45, lamps: 0, stars: 0 },
  afternoon: { sky: [[0.32, 0.5, 0.68], [0.8, 0.76, 0.62], [1, 0.8, 0.44]], key: [1.2, 0.86, 0.46], ambient: [0.55, 0.52, 0.52], height: 0.34, disc: [1, 0.93, 0.7], shadowLength: 1.8, lamps: 0, stars: 0 },
  dusk: { sky: [[0.25, 0.2, 0.42], [0.83, 0.36, 0.34], [1, 0.62, 0.24]], key: [1.18, 0.56, 0.26], ambient: [0.38, 0.3, 0.42], height: 0.06, disc: [1, 0.72, 0.34], shadowLength: 3.2, lamps: 0.6, stars: 0.05 },
  evening: { sky: [[0.07, 0.09, 0.26], [0.22, 0.2, 0.46], [0.72, 0.4, 0.46]], key: [0.5, 0.42, 0.66], ambient: [0.26, 0.26, 0.42], height: -1, disc: [1, 0.8, 0.7], shadowLength: 0.3, lamps: 0.9, stars: 0.35 },
  night: { sky: [[0.015, 0.03, 0.09], [0.04, 0.08, 0.19], [0.1, 0.17, 0.31]], key: [0.44, 0.56, 0.82], ambient: [0.14, 0.18, 0.3], height: 0.66, disc: [0.93, 0.96, 1], shadowLength: 0.6, lamps: 1, stars: 1 },
};

/** How much of the sun each weather lets through, and how thick its air is. */
const airs: Record<Weather, { sun: number; grey: number; dark: number; haze: number }> = {
  clear: { sun: 1, grey: 0, dark: 1, haze: 0.0035 },
  cloud: { sun: 0.35, grey: 0.5, dark: 0.94, haze: 0.006 },
  rain: { sun: 0, grey: 0.8, dark: 0.7, haze: 0.015 },
  snow: { sun: 0.1, grey: 0.7, dark: 1.04, haze: 0.014 },
  fog: { sun: 0, grey: 0.78, dark: 0.98, haze: 0.055 },
  storm: { sun: 0, grey: 0.86, dark: 0.46, haze: 0.016 },
};

const LAMP: Rgb = [1.12, 0.8, 0.46];

/** The light of a time of day in a weather, outside or in a room. `side` is where the sun or window stands. */
export function lightOf(input: { time: TimeOfDay; weather: Weather; interior: boolean; lamplit: boolean; side: -1 | 1; discX: number }): Light {
  const base = skies[input.time];
  const air = airs[input.weather];
  const grey = (color: Rgb): Rgb => scale(mix(color, saturate(color, 0.22), air.grey), air.dark);
  const sky: [Rgb, Rgb, Rgb] = [mix(grey(base.sky[0]), grey(base.sky[1]), air.grey * 0.75), grey(base.sky[1]), mix(grey(base.sky[2]), grey(base.sky[1]), air.grey * 0.6)];
  const sun = mix(scale(saturate(base.key, 0.45), 0.62 * air.dark), base.key, air.sun);
  const ambient = scale(mix(base.ambient, saturate(base.ambient, 0.5), air.grey), 0.6 + 0.4 * air.dark);
  const seen = air.sun > 0.3 && base.height > -0.5;
  const lamps = Math.max(base.lamps, input.weather === "storm" ? 0.7 : input.weather === "rain" || input.weather === "fog" ? 0.35 : 0);
  const light: Light = {
    time: input.time,
    weather: input.weather,
    interior: input.interior,
    sky,
    disc: seen ? { x: input.discX, y: base.height, color: base.disc, moon: input.time === "night" } : null,
    key: sun,
    ambient,
    haze: mix(sky[2], sky[1], 0.35),
    hazePerMetre: air.haze,
    side: input.side,
    shadowLength: base.shadowLength,
    shadowAlpha: 0.12 + 0.38 * air.sun,
    lamps,
    stars: base.stars * (air.sun > 0.9 ? 1 : air.sun * 0.4),
    window: mix(mix(sky[1], sky[2], 0.5), base.key, 0.35 * air.sun),
    rim: mix(sky[2], base.key, 0.6),
    fill: input.lamplit ? [0.9, 0.74, 0.6] : input.time === "night" ? [0.52, 0.64, 0.92] : [0.78, 0.66, 0.86],
  };
  return input.interior ? indoors(light) : light;
}

/** Indoors the lamp is the key after sunset and the window before; the rest of the room answers in the sky's colour. */
function indoors(light: Light): Light {
  const byLamp = light.lamps > 0.5;
  const day = mix(light.key, [1, 0.98, 0.94], 0.35);
  const key = byLamp ? mix(scale(LAMP, 0.98), light.key, 0.12) : scale(day, 0.95);
  const bounce = byLamp ? mix(scale(light.ambient, 0.75), scale(LAMP, 0.28), 0.55) : scale(mix(light.ambient, [0.62, 0.6, 0.58], 0.4), 0.82);
  return {
    ...light,
    key,
    ambient: bounce,
    haze: multiply(bounce, [0.9, 0.9, 0.95]),
    hazePerMetre: 0.004,
    shadowLength: 0.7,
    shadowAlpha: 0.38,
    rim: byLamp ? mix(light.window, LAMP, 0.45) : light.window,
  };
}

/** A local colour as it looks under the light; `facing` 0 away to 1 towards it. */
export function lit(light: Light, local: Rgb, facing: number): Rgb {
  return multiply(local, [
    light.ambient[0] + light.key[0] * facing * 0.62,
    light.ambient[1] + light.key[1] * facing * 0.62,
    light.ambient[2] + light.key[2] * facing * 0.62,
  ]);
}

/** A colour as the air leaves it at a distance in metres. */
export function throughAir(light: Light, color: Rgb, metres: number): Rgb {
  return mix(color, light.haze, 1 - Math.exp(-Math.max(0, metres) * light.hazePerMetre));
}
