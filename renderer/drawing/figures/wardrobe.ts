import { hashOf } from "../random.ts";
import { luminance, mix, multiply, parseHex, scale, type Rgb } from "../color.ts";
import type { Actor } from "../scene.ts";

export const garments = ["tee", "shirt", "jacket", "hoodie", "coat", "dress"] as const;
export type Garment = (typeof garments)[number];

/** What somebody wears and how the face is made, the same in every panel because it follows from the character's id. */
export interface Wardrobe {
  garment: Garment;
  skirt: boolean;
  beard: boolean;
  glasses: boolean;
  stripes: boolean;
  fringe: number;
  top: Rgb;
  bottom: Rgb;
  inner: Rgb;
  shoes: Rgb;
  skin: Rgb;
  skinShade: Rgb;
  lips: Rgb;
  hair: Rgb;
  hairLight: Rgb;
  iris: Rgb;
}

const byPresence: Record<string, readonly [Garment, ...Garment[]]> = {
  woman: ["shirt", "jacket", "dress", "tee", "coat"],
  man: ["shirt", "jacket", "hoodie", "tee", "coat"],
  neutral: ["hoodie", "jacket", "shirt", "tee"],
  child: ["tee", "hoodie"],
};

const irises: readonly Rgb[] = [[0.28, 0.18, 0.1], [0.2, 0.33, 0.42], [0.24, 0.34, 0.2], [0.16, 0.1, 0.07]];

export function wardrobeOf(actor: Actor): Wardrobe {
  const { look } = actor;
  const hash = hashOf(actor.id.replace(/ listener$/, "?"));
  const choices = byPresence[look.presents] ?? ["tee"];
  const garment = choices[hash % choices.length] ?? "tee";
  const skin = parseHex(look.skin);
  const hair = parseHex(look.hair);
  const top = parseHex(look.top);
  return {
    garment,
    skirt: look.presents === "woman" && (garment === "dress" || (hash >> 4) % 3 === 0),
    beard: look.presents === "man" && (hash >> 7) % 3 === 0,
    glasses: (hash >> 10) % 6 === 0 && look.presents !== "child",
    stripes: look.presents === "child" && (hash >> 5) % 2 === 0,
    fringe: ((hash >> 13) % 100) / 100,
    top,
    bottom: garment === "dress" ? top : parseHex(look.bottom),
    inner: luminance(top) > 0.62 ? mix(top, [0.25, 0.27, 0.32], 0.75) : [0.92, 0.9, 0.86],
    shoes: mix(scale(parseHex(look.bottom), 0.35), [0.12, 0.09, 0.08], 0.6),
    skin,
    skinShade: multiply(skin, [0.8, 0.66, 0.62]),
    lips: mix(multiply(skin, [0.86, 0.5, 0.5]), [0.7, 0.2, 0.22], look.presents === "woman" ? 0.4 : 0.08),
    hair,
    hairLight: mix(hair, [1, 0.95, 0.85], 0.28),
    iris: irises[hash % irises.length] ?? [0.16, 0.1, 0.07],
  };
}
