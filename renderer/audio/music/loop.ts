/** A stereo loop that notes are written into: what rings over its end is heard at its beginning, so it has no seam. */
export class Loop {
  readonly rate: number;
  readonly left: Float32Array;
  readonly right: Float32Array;

  constructor(rate: number, samples: number) {
    this.rate = rate;
    this.left = new Float32Array(samples);
    this.right = new Float32Array(samples);
  }

  get length(): number {
    return this.left.length;
  }

  /** Adds one sample at a place that may lie beyond the end. `pan` is -1 (left) to 1 (right). */
  add(at: number, value: number, pan: number): void {
    const place = at % this.length;
    this.left[place] = (this.left[place] ?? 0) + value * (1 - Math.max(0, pan));
    this.right[place] = (this.right[place] ?? 0) + value * (1 + Math.min(0, pan));
  }
}

const COMBS = [1557, 1617, 1491, 1422, 1277, 1356, 1188, 1116];
const ALLPASSES = [225, 556, 441, 341];
/** The right ear's delays are longer by so many samples. */
const SPREAD = 23;

/** Adds a hall to a loop: eight damped echoes and four diffusers an ear, run through the loop twice so that its own tail is there when it begins. */
export function addHall(loop: Loop, amount: number): void {
  const ears = [
    { dry: loop.left, hall: new Hall(loop.rate, 0) },
    { dry: loop.right, hall: new Hall(loop.rate, SPREAD) },
  ];
  for (const { dry, hall } of ears) {
    const source = dry.slice();
    for (let n = 0; n < source.length; n += 1) hall.next(source[n] ?? 0);
    for (let n = 0; n < source.length; n += 1) dry[n] = (source[n] ?? 0) * (1 - amount * 0.5) + hall.next(source[n] ?? 0) * amount;
  }
}

class Hall {
  private readonly combs: { line: Float32Array; at: number; damped: number }[];
  private readonly diffusers: { line: Float32Array; at: number }[];

  constructor(rate: number, spread: number) {
    const size = (samples: number): number => Math.round(((samples + spread) * rate) / 44_100);
    this.combs = COMBS.map((samples) => ({ line: new Float32Array(size(samples)), at: 0, damped: 0 }));
    this.diffusers = ALLPASSES.map((samples) => ({ line: new Float32Array(size(samples)), at: 0 }));
  }

  next(input: number): number {
    let out = 0;
    for (const comb of this.combs) {
      const echo = comb.line[comb.at] ?? 0;
      comb.damped = echo * 0.65 + comb.damped * 0.35;
      comb.line[comb.at] = input * 0.06 + comb.damped * 0.87;
      comb.at = comb.at + 1 === comb.line.length ? 0 : comb.at + 1;
      out += echo;
    }
    for (const diffuser of this.diffusers) {
      const held = diffuser.line[diffuser.at] ?? 0;
      diffuser.line[diffuser.at] = out + held * 0.5;
      diffuser.at = diffuser.at + 1 === diffuser.line.length ? 0 : diffuser.at + 1;
      out = held - out * 0.5;
    }
    return out;
  }
}
