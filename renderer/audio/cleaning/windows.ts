import type { WavReader } from "../wav.ts";
import { Fourier } from "./fourier.ts";

/** Long enough to tell the tones of a voice from the hum between them, at 48 kHz. */
export const WINDOW = 2048;
export const HOP = WINDOW / 4;
export const BINS = WINDOW / 2 + 1;

/** The sine window: with a hop of a quarter, what is weighted by it twice adds up to this. */
const SHAPE = Float64Array.from({ length: WINDOW }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / WINDOW));
export const OVERLAP = 2;

/** A recording as windows that overlap by three quarters; the first and last reach beyond it, into silence. */
export class Windows {
  readonly count: number;
  readonly channels: number;
  private readonly reader: WavReader;
  private readonly fourier = new Fourier(WINDOW);
  /** Of each channel, what `open` has last read. */
  readonly re: Float64Array[];
  readonly im: Float64Array[];

  constructor(reader: WavReader) {
    this.reader = reader;
    this.channels = reader.channels;
    this.count = Math.ceil((reader.frames + WINDOW) / HOP) - 1;
    this.re = Array.from({ length: this.channels }, () => new Float64Array(WINDOW));
    this.im = Array.from({ length: this.channels }, () => new Float64Array(WINDOW));
  }

  /** The sample at which a window begins; negative before the recording does. */
  startOf(window: number): number {
    return (window + 1) * HOP - WINDOW;
  }

  /** Mean square of a window, over all channels. */
  power(window: number): number {
    const samples = this.read(window);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    return sum / (WINDOW * this.channels);
  }

  /** Reads the spectra of a window into `re` and `im`. */
  open(window: number): void {
    const samples = this.read(window);
    const skipped = Math.max(0, -this.startOf(window));
    for (let channel = 0; channel < this.channels; channel += 1) {
      const [re, im] = [this.re[channel], this.im[channel]];
      if (!re || !im) continue;
      re.fill(0);
      im.fill(0);
      for (let n = 0; n * this.channels < samples.length; n += 1) re[skipped + n] = (samples[n * this.channels + channel] ?? 0) * (SHAPE[skipped + n] ?? 0);
      this.fourier.forward(re, im);
    }
  }

  /** The power of one frequency in the window that is open, over all channels. */
  powerAt(bin: number): number {
    let sum = 0;
    for (let channel = 0; channel < this.channels; channel += 1) sum += (this.re[channel]?.[bin] ?? 0) ** 2 + (this.im[channel]?.[bin] ?? 0) ** 2;
    return sum;
  }

  /** Scales one frequency of the window that is open, in every channel. */
  scale(bin: number, gain: number): void {
    for (let channel = 0; channel < this.channels; channel += 1) {
      const [re, im] = [this.re[channel], this.im[channel]];
      if (!re || !im) continue;
      for (const at of bin === 0 || bin === WINDOW / 2 ? [bin] : [bin, WINDOW - bin]) {
        re[at] = (re[at] ?? 0) * gain;
        im[at] = (im[at] ?? 0) * gain;
      }
    }
  }

  /** The window that is open as sound again, weighted so that overlapping windows add up to the recording. */
  close(channel: number): Float64Array {
    const [re, im] = [this.re[channel], this.im[channel]];
    if (!re || !im) throw new Error("no such channel");
    this.fourier.inverse(re, im);
    for (let n = 0; n < WINDOW; n += 1) re[n] = ((re[n] ?? 0) * (SHAPE[n] ?? 0)) / OVERLAP;
    return re;
  }

  private read(window: number): Float32Array {
    const start = this.startOf(window);
    return this.reader.read(Math.max(0, start), WINDOW + Math.min(0, start));
  }
}
