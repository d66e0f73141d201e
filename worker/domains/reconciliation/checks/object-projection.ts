import type { Ctx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { walletNames } from "#domains/credits/index.ts";
import { entryOf } from "./catalogue.ts";
import { END, only, type Check, type Difference, type Span } from "./check.ts";
import { compareHolds } from "./projection/holds.ts";
import { compareLog } from "./projection/log.ts";
import type { Compared } from "./projection/part.ts";
import { compareStanding } from "./projection/standing.ts";

/** Wallets, and rows, of one step. */
const WALLETS = 10;
const ROWS = 2_000;

/** Where a step is: in which wallet, in what of it, and how far. */
interface Place {
  /** The wallet that was finished last. */
  after: string;
  wallet: string | null;
  part: "log" | "holds" | "standing";
  seq: number;
  hold: string;
  /** Whether it is not known which entries are right: then nothing that follows from them is written anew. */
  isContested: boolean;
}

const begin = (after: string): Place => ({ after, wallet: null, part: "log", seq: 0, hold: "", isContested: false });

const parts = { log: compareLog, holds: compareHolds, standing: compareStanding };
const following = { log: "holds", holds: "standing", standing: null } as const;

/** D1's copy of every wallet against the wallet itself. What D1 has wrong is written anew; what only a person can judge is left. */
export const objectProjection: Check = {
  ...entryOf("object-projection"),
  async step(ctx, { studio, at }) {
    const place: Place = { ...begin(""), ...(at as Place | null) };
    const wallets = await walletsFrom(ctx, studio, place);
    const done = { examined: 0, differences: [] as Difference[], repairs: [] as Write[], finished: [] as Span[] };
    let here: Place = place;
    for (const wallet of wallets) {
      here = await compareWallet(ctx, { ...here, wallet }, done);
      if (here.wallet !== null) return { ...done, next: here };
    }
    if (studio === null && wallets.length >= WALLETS) return { ...done, next: here };
    return { ...done, finished: studio === null ? [...done.finished, { from: here.after, to: END }] : [only(studio)], next: null };
  },
};

async function walletsFrom(ctx: Ctx, studio: string | null, { after, wallet }: Place): Promise<string[]> {
  if (studio !== null) return [studio];
  const names = await walletNames(ctx, { after: wallet ?? after, limit: WALLETS });
  return wallet === null ? names : [wallet, ...names].slice(0, WALLETS);
}

type Done = Pick<Compared, "examined" | "differences" | "repairs"> & { finished: Span[] };

/** Compares what is left of a wallet, as far as this step reaches; returns where the next one begins, in no wallet if this one is done. */
async function compareWallet(ctx: Ctx, from: Place & { wallet: string }, done: Done): Promise<Place> {
  const place = { ...from };
  for (;;) {
    const { examined, differences, repairs, next } = await parts[place.part](ctx, place);
    done.examined += examined;
    done.differences.push(...differences);
    done.repairs.push(...repairs);
    if (differences.some(({ repaired }) => repaired === "not")) place.isContested = true;
    const part = next !== null ? place.part : place.part === "log" && place.isContested ? "standing" : following[place.part];
    if (part === null) {
      done.finished.push({ from: place.after, to: place.wallet });
      return begin(place.wallet);
    }
    Object.assign(place, { part, ...(next ?? { seq: 0, hold: "" }) });
    // What follows is read out of what is repaired here, and that is written when the step ends.
    if (done.repairs.length > 0 || done.examined >= ROWS) return place;
  }
}
