import { type Loudness, MOST_GAIN_DB } from "../../film/loudness.ts";

/** What comes out may miss the target by so much before it is done again. */
const CLOSE_ENOUGH_LU = 0.2;
const MOST_PASSES = 4;
/** Below the -1 dBTP that is promised, because the lossy encoder overshoots. */
const CEILING_DBTP = -2;

/** Has a sound rendered until it is as loud as it should be, with its true peaks limited; what was measured before saves a pass. Says what came out. */
export async function level(measured: Loudness, { lufs, rate }: { lufs: number; rate: number }, render: (chain: string) => Promise<Loudness>): Promise<Loudness> {
  let gainDb = Math.min(MOST_GAIN_DB, lufs - measured.integratedLufs);
  for (let pass = 1; ; pass += 1) {
    const limits = measured.truePeakDbtp + gainDb > CEILING_DBTP;
    const result = await render(limits ? `volume=${gainDb}dB,${limiter(rate)}` : `volume=${gainDb}dB`);
    const missing = lufs - result.integratedLufs;
    // The limiter takes loudness away; what is missing is asked for again.
    if (Math.abs(missing) <= CLOSE_ENOUGH_LU || pass === MOST_PASSES || gainDb >= MOST_GAIN_DB) return result;
    gainDb = Math.min(MOST_GAIN_DB, gainDb + missing);
  }
}

/** A loudness as outputs say it, to a tenth. */
export const reported = ({ integratedLufs, truePeakDbtp }: Loudness): Loudness => ({ integratedLufs: tenth(integratedLufs), truePeakDbtp: tenth(truePeakDbtp) });
const tenth = (level: number): number => Math.round(level * 10) / 10;

/** Limits at four times the rate, where the peaks between samples show. */
function limiter(rate: number): string {
  return `aresample=${4 * rate},alimiter=limit=${10 ** (CEILING_DBTP / 20)}:attack=4:release=60:level=false:latency=true,aresample=${rate}`;
}
