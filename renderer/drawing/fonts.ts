import { GlobalFonts } from "@napi-rs/canvas";
import { createRequire } from "node:module";

/** The families that the renderer brings along, so that a machine without fonts draws the same letters. */
const families = {
  "Dailies Mono": ["@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2", "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-ext-wght-normal.woff2"],
  "Dailies Display": ["@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2", "@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-ext-wght-normal.woff2"],
  "Dailies Text": ["@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2", "@fontsource-variable/instrument-sans/files/instrument-sans-latin-ext-wght-normal.woff2"],
} as const;

export type Family = keyof typeof families;

const ready = new Set<Family>();

/** A CSS font of one of the families. Letters outside of Latin fall back to what the machine has. */
export function font(family: Family, input: { size: number; weight: number }): string {
  if (!ready.has(family)) {
    const require = createRequire(import.meta.url);
    families[family].forEach((file, i) => {
      if (!GlobalFonts.registerFromPath(require.resolve(file), i === 0 ? family : `${family} Extended`)) throw new Error(`the font ${file} cannot be read`);
    });
    ready.add(family);
  }
  return `${input.weight} ${input.size}px "${family}", "${family} Extended", sans-serif`;
}
