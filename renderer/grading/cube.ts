import { InputError } from "../model.ts";

/** A colour as three parts of 0 to 1, gamma-encoded as on the screen. */
export type Rgb = readonly [number, number, number];
export type Look = (color: Rgb) => Rgb;

const LARGEST = { one: 65_536, three: 129 } as const;
const MOST_BYTES = 64 * 1024 * 1024;

/** Reads a .cube file (Adobe's specification 1.0, one- or three-dimensional) as a look, with interpolation between its points. Throws `InputError`. */
export function readCube(text: string): Look {
  if (text.length > MOST_BYTES) throw new InputError("the LUT is larger than 64 MB");
  const table: number[] = [];
  let [size, dimensions] = [0, 0];
  const domain = { min: [0, 0, 0], max: [1, 1, 1] };
  for (const [n, line] of text.split(/\r\n?|\n/).entries()) {
    const words = line.replace(/#.*$/, "").trim().split(/\s+/);
    const key = words[0] ?? "";
    const numbers = (key.startsWith("LUT_") || key.startsWith("DOMAIN_") ? words.slice(1) : words).map(Number);
    if (key === "" || key === "TITLE") continue;
    if (key === "LUT_1D_SIZE" || key === "LUT_3D_SIZE") [size, dimensions] = [numbers[0] ?? 0, key === "LUT_1D_SIZE" ? 1 : 3];
    else if (key === "DOMAIN_MIN") domain.min = numbers;
    else if (key === "DOMAIN_MAX") domain.max = numbers;
    else if (numbers.length === 3 && numbers.every(Number.isFinite)) table.push(...numbers);
    else if (!/^LUT_[13]D_INPUT_RANGE$/.test(key)) throw new InputError(`the LUT is no .cube file: line ${n + 1} says nothing that it could say`);
  }
  const most = dimensions === 1 ? LARGEST.one : LARGEST.three;
  if (!Number.isInteger(size) || size < 2 || size > most) throw new InputError(`the LUT is no .cube file: its size has to be from 2 to ${dimensions === 1 ? LARGEST.one : LARGEST.three}`);
  const wanted = size ** dimensions;
  if (table.length !== 3 * wanted) throw new InputError(`the LUT is incomplete: it has ${table.length / 3} colours where ${wanted} are needed`);
  const spans = [0, 1, 2].map((axis) => (domain.max[axis] ?? Number.NaN) - (domain.min[axis] ?? Number.NaN));
  if (!spans.every((span) => Number.isFinite(span) && span > 0)) throw new InputError("the LUT's domain is empty");
  const place = (color: Rgb): number[] => color.map((part, axis) => Math.min(1, Math.max(0, (part - (domain.min[axis] ?? 0)) / (spans[axis] ?? 1))) * (size - 1));
  return dimensions === 1 ? (color) => along(table, place(color)) : (color) => within(table, size, place(color));
}

/** Between two points of each of three curves. */
function along(table: readonly number[], at: readonly number[]): Rgb {
  const part = (axis: number): number => {
    const low = Math.floor(at[axis] ?? 0);
    const [one = 0, two = one] = [table[3 * low + axis], table[3 * (low + 1) + axis]];
    return one + (two - one) * ((at[axis] ?? 0) - low);
  };
  return [part(0), part(1), part(2)];
}

/** Between the eight corners of a cell; red runs fastest. */
function within(table: readonly number[], size: number, at: readonly number[]): Rgb {
  const low = at.map((value) => Math.min(size - 2, Math.floor(value)));
  const sum: [number, number, number] = [0, 0, 0];
  for (let corner = 0; corner < 8; corner += 1) {
    let [weight, index] = [1, 0];
    for (const axis of [2, 1, 0]) {
      const far = (corner >> axis) & 1;
      const beyond = (at[axis] ?? 0) - (low[axis] ?? 0);
      weight *= far === 1 ? beyond : 1 - beyond;
      index = index * size + (low[axis] ?? 0) + far;
    }
    for (const channel of [0, 1, 2] as const) sum[channel] += weight * (table[3 * index + channel] ?? 0);
  }
  return sum;
}

/** Writes a look as a .cube file of `size` points a side, mixed with the untouched picture by `strength` of 0 to 1. */
export function writeCube(look: Look, { size, strength }: { size: number; strength: number }): string {
  const lines = [`LUT_3D_SIZE ${size}`];
  const step = 1 / (size - 1);
  for (let b = 0; b < size; b += 1) {
    for (let g = 0; g < size; g += 1) {
      for (let r = 0; r < size; r += 1) {
        const from: Rgb = [r * step, g * step, b * step];
        const to = look(from);
        lines.push(from.map((part, n) => Math.min(1, Math.max(0, part + ((to[n] ?? part) - part) * strength)).toFixed(6)).join(" "));
      }
    }
  }
  return `${lines.join("\n")}\n`;
}
