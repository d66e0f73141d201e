import { font, type Family } from "../fonts.ts";
import type { Context } from "../stage.ts";

export interface Lettering {
  lines: string[];
  size: number;
  font: string;
  spacing: number;
}

/** At most so many characters of a title are set; more is no title. */
const MOST_CHARACTERS = 160;

/** Breaks a text into lines of a width, at words where it can; a word that is too long for a line is cut. */
function broken(ctx: Context, text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r?\n/)) {
    let line = "";
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      const longer = line ? `${line} ${word}` : word;
      if (ctx.measureText(longer).width <= width) line = longer;
      else {
        if (line) lines.push(line);
        line = cut(ctx, word, width);
      }
    }
    if (line) lines.push(line);
  }
  return lines;
}

function cut(ctx: Context, word: string, width: number): string {
  const letters = [...word];
  if (ctx.measureText(word).width <= width) return word;
  while (letters.length > 1 && ctx.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("")}…`;
}

/** Sets a text in as few lines as it can without growing small: each line more is worth a third of the size. */
export function letter(ctx: Context, input: { text: string; family: Family; weight: number; largest: number; smallest: number; width: number; lines: number; spacing: number }): Lettering {
  // Emoji are in no typeface of ours.
  const text = [...input.text.replace(/\p{Extended_Pictographic}|\u200d|\ufe0f/gu, "").trim()].slice(0, MOST_CHARACTERS).join("");
  const asked = text.split(/\r?\n/).length;
  for (let most = Math.min(asked, input.lines); ; most++) {
    const floor = most >= input.lines ? input.smallest : Math.max(input.smallest, input.largest * 0.64 ** (most - asked + 1));
    for (let size = input.largest; size > floor * 0.92; size *= 0.94) {
      const face = font(input.family, { size: Math.round(size), weight: input.weight });
      ctx.font = face;
      ctx.letterSpacing = `${(input.spacing * size).toFixed(2)}px`;
      const lines = broken(ctx, text, input.width);
      if (lines.length <= most || (most >= input.lines && size * 0.94 <= floor * 0.92)) return { lines: lines.slice(0, input.lines), size: Math.round(size), font: face, spacing: input.spacing };
    }
  }
}
