import type { CronTask } from "#core/background.ts";
import type { Ctx } from "#core/context.ts";
import { logLine } from "#core/log.ts";
import { follow, order, putOff } from "./copying.ts";
import { takeBack } from "./removing.ts";
import * as store from "./store.ts";
import { stream, type StreamAccess } from "./stream.ts";
import type { PackageRow } from "./tables.ts";

/** So many a minute: Stream allows 1200 requests in five minutes, and each of these takes a few. */
const DUE_MAX = 20;
const TAKE_BACK_TRIES = 5;

export const isPackaging = (ctx: Ctx): boolean => stream.configured(ctx.env) !== null;

/** Which file of a film is to be packaged; null: none, the film is not to be seen by everybody. */
export interface Wanted {
  studio: string;
  video: string;
  file: { key: string; sha256: string } | null;
}

/**
 * Writes down that a film's file is to be packaged, and that what is packaged of other files of it is to be taken back. Doing it twice is harmless.
 * Nothing is sent yet: `advancePackages` does that, or the minute.
 */
export async function keepPackage(ctx: Ctx, { studio, video, file }: Wanted): Promise<void> {
  const rows = await store.listOfVideo(ctx, video);
  const standing = rows.filter(({ state }) => state !== "removing");
  for (const row of standing) if (row.sha256 !== file?.sha256) await beginTakingBack(ctx, row.id);
  if (file === null || !isPackaging(ctx) || standing.some(({ sha256 }) => sha256 === file.sha256)) return;
  await store.insert(ctx, newPackage(ctx, { studio, video, file }));
}

type Film = Wanted & { file: NonNullable<Wanted["file"]> };

const newPackage = (ctx: Ctx, { studio, video, file }: Film): PackageRow => ({
  id: ctx.newId("package"), studio, video, sourceKey: file.key, sha256: file.sha256, state: "waiting", uid: null, attempts: 0, silences: 0, failure: null, sentAt: null,
  dueAt: ctx.now(), revision: 1, createdAt: ctx.now(), updatedAt: ctx.now(),
});

/** The same for many films at once, of which none has a package. */
export const beginPackages = (ctx: Ctx, wanted: readonly Wanted[]): Promise<void> =>
  store.insertAll(ctx, wanted.flatMap(({ file, ...film }) => (file === null ? [] : [newPackage(ctx, { ...film, file })])));

async function beginTakingBack(ctx: Ctx, id: string): Promise<void> {
  for (let tries = 0; tries < TAKE_BACK_TRIES; tries += 1) {
    const row = await store.find(ctx, id);
    if (!row || row.state === "removing" || (await store.move(ctx, row, { state: "removing", silences: 0, dueAt: ctx.now() }))) return;
  }
  throw new Error(`package ${id} does not hold still`);
}

/** Which of these films have a package, whatever its state. */
export const packagedAmong = (ctx: Ctx, videos: string[]): Promise<ReadonlySet<string>> => store.listPackaged(ctx, videos);

/** Does what is due for the packages of a film. */
export async function advancePackages(ctx: Ctx, video: string): Promise<void> {
  const access = stream.configured(ctx.env);
  if (!access) return;
  for (const row of await store.listOfVideo(ctx, video)) if (row.dueAt !== null && row.dueAt <= ctx.now()) await advance(ctx, access, row);
}

/** The next step of a package. Never throws: what could not be done is due again, later each time. */
export async function advance(ctx: Ctx, access: StreamAccess, row: PackageRow): Promise<void> {
  try {
    if (row.state === "waiting") await order(ctx, access, row);
    else if (row.state === "copying") await follow(ctx, access, row);
    else if (row.state === "removing") await takeBack(ctx, access, row);
  } catch (error) {
    logLine({ evt: "stream.step_failed", package: row.id, state: row.state, error: String(error) });
    await putOff(ctx, row).catch(() => undefined);
  }
}

async function advanceDue(ctx: Ctx): Promise<void> {
  const access = stream.configured(ctx.env);
  if (!access) return;
  await Promise.all((await store.listDue(ctx, DUE_MAX)).map((row) => advance(ctx, access, row)));
}

/** What sleeps is looked at, whatever news was lost and whatever stopped in between. */
export const packagingTasks: readonly CronTask[] = [{ name: "advance-packages", every: "minute", run: advanceDue }];
