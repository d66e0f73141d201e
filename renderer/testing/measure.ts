/** Median pitch of a voice in Hz, by autocorrelation of its voiced stretches. */
export function medianPitch(samples: Float32Array, rate: number): number {
  const window = Math.round(rate * 0.04);
  const pitches: number[] = [];
  for (let at = 0; at + 2 * window < samples.length; at += window) {
    if (level(samples.subarray(at, at + window)) < 0.03) continue;
    const scores = Array.from({ length: Math.floor(rate / 65) }, (_, lag) => (lag < rate / 420 ? 0 : similarity(samples, at, window, lag)));
    const best = Math.max(...scores);
    // The first peak that is nearly the best is the period; later ones are its multiples.
    const lag = scores.findIndex((score, n) => score > best * 0.93 && score >= (scores[n + 1] ?? 0));
    if (best > 0.6 && lag > 0) pitches.push(rate / lag);
  }
  return pitches.sort((a, b) => a - b)[pitches.length >> 1] ?? 0;
}

function similarity(samples: Float32Array, at: number, window: number, lag: number): number {
  let product = 0;
  let first = 0;
  let second = 0;
  for (let n = at; n < at + window; n += 2) {
    const a = samples[n] ?? 0;
    const b = samples[n + lag] ?? 0;
    product += a * b;
    first += a * a;
    second += b * b;
  }
  return product / Math.sqrt(first * second + 1e-12);
}

/** Where the middle of a sound's spectrum lies, in Hz: the energy-weighted mean frequency up to 6 kHz. */
export function spectralCentroid(samples: Float32Array, rate: number): number {
  let weighted = 0;
  let total = 0;
  for (let band = 100; band <= 6000; band += 100) {
    const energy = bandEnergy(samples, rate, band);
    weighted += energy * band;
    total += energy;
  }
  return weighted / total;
}

/** Goertzel's algorithm over stretches of 20 ms. */
function bandEnergy(samples: Float32Array, rate: number, frequency: number): number {
  const window = Math.round(rate * 0.02);
  const turn = 2 * Math.cos((2 * Math.PI * frequency) / rate);
  let sum = 0;
  for (let at = 0; at + window < samples.length; at += 4 * window) {
    let [one, two] = [0, 0];
    for (let n = 0; n < window; n += 1) [one, two] = [(samples[at + n] ?? 0) + turn * one - two, one];
    sum += one * one + two * two - turn * one * two;
  }
  return sum;
}

/** Root mean square. */
export function level(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}
