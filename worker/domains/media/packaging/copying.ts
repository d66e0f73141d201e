import type { Ctx } from "#core/context.ts";
import { derivedId } from "#core/id.ts";
import { logLine } from "#core/log.ts";
import { signLink } from "../signing.ts";
import { packageFailed, packageReady } from "./contract.ts";
import { afterFailure, backoffMs, COPY_HOURS_MAX, isOverdue, LOOKUP_AFTER_MS, mayTurnUp, pollMs, type Named } from "./rules.ts";
import * as store from "./store.ts";
import { copy, details, listNamed, remove, type StreamAccess, type StreamVideo } from "./stream.ts";
import type { PackageRow } from "./tables.ts";

export const namedOf = ({ environment }: StreamAccess, { id, video }: PackageRow): Named => ({ package: id, video, environment });

/** Stream did not answer: the same is asked again, later each time. */
export async function putOff(ctx: Ctx, row: PackageRow): Promise<void> {
  await store.move(ctx, row, { silences: row.silences + 1, dueAt: ctx.now() + backoffMs(row.silences) });
}

/**
 * Orders the copy of a package that waits. That it was ordered is written down first, so that of a crash in between follows a look at Stream and never a
 * second copy.
 */
export async function order(ctx: Ctx, access: StreamAccess, waiting: PackageRow): Promise<void> {
  const { url } = await signLink(ctx, waiting.sourceKey, COPY_HOURS_MAX * 3_600);
  const row = await store.move(ctx, waiting, { state: "copying", attempts: waiting.attempts + 1, sentAt: ctx.now(), dueAt: ctx.now() + LOOKUP_AFTER_MS });
  if (!row) return;
  const copied = await copy(ctx, access, { url: new URL(url, access.environment).href, named: namedOf(access, row) });
  if (copied.end === "accepted") return adopt(ctx, access, row.id, copied.video);
  if (copied.end === "unknown") return logLine({ evt: "stream.copy_unknown", package: row.id, attempts: row.attempts });
  logLine({ evt: "stream.copy_rejected", package: row.id, attempts: row.attempts, reason: copied.reason });
  const { isOurs, reason, waitMs } = copied;
  if (!isOurs) return end(ctx, row, reason);
  await store.move(ctx, row, { state: "waiting", attempts: waiting.attempts, silences: row.silences + 1, failure: reason, dueAt: ctx.now() + (waitMs ?? backoffMs(row.silences)) });
}

const ADOPTIONS_MAX = 5;

/** Writes down Stream's id of a package, whatever became of the package in the meantime. A film that no package can take is deleted. */
export async function adopt(ctx: Ctx, access: StreamAccess, id: string, video: StreamVideo): Promise<void> {
  for (let tries = 0; tries < ADOPTIONS_MAX; tries += 1) {
    const row = await store.find(ctx, id);
    if (row?.uid === video.uid) return takeIn(ctx, access, row, video);
    if (!row || row.uid !== null || row.state === "failed") return discard(ctx, { id, uid: video.uid, row });
    const next = await store.move(ctx, row, { uid: video.uid, silences: 0, ...(row.state === "removing" ? { dueAt: ctx.now() } : { state: "copying", sentAt: row.sentAt ?? ctx.now(), dueAt: ctx.now() + pollMs(row, ctx.now()) }) });
    if (next) return takeIn(ctx, access, next, video);
  }
}

/** Has a film at Stream deleted that is one too many. It gets a row of its own, so that it is gone for certain and not only if Stream answers just now. */
async function discard(ctx: Ctx, { id, uid, row }: { id: string; uid: string; row: PackageRow | undefined }): Promise<void> {
  logLine({ evt: "stream.stray_found", package: id, uid });
  const { studio, video, sourceKey, sha256 } = row ?? { studio: "", video: "", sourceKey: "", sha256: "0".repeat(64) };
  await store.insertStray(ctx, {
    id: await derivedId("package", "stray", uid), studio, video, sourceKey, sha256, state: "removing", uid, attempts: 0, silences: 0, failure: null, sentAt: null, dueAt: ctx.now(), revision: 1, createdAt: ctx.now(), updatedAt: ctx.now(),
  });
}

/** Looks after a copy under way: what came of it, or whether it came to Stream at all. */
export async function follow(ctx: Ctx, access: StreamAccess, row: PackageRow): Promise<void> {
  if (row.uid === null) return lookUp(ctx, access, row);
  const found = await details(ctx, access, row.uid);
  if (found.end === "silent") return putOff(ctx, row);
  if (found.end === "gone") return end(ctx, row, "ERR_DELETED");
  await takeIn(ctx, access, row, found.video);
}

/** What Stream says about a package's film, as it is there now. Saying it again changes nothing. */
export async function takeIn(ctx: Ctx, access: StreamAccess, row: PackageRow, { uid, readyToStream, status }: StreamVideo): Promise<void> {
  if (row.state !== "copying" || row.uid !== uid) return;
  if (status.state === "ready" && readyToStream) {
    await store.move(ctx, row, { state: "ready", silences: 0, failure: null, dueAt: null }, packageReady(row.studio, row.id, { package: row.id, video: row.video, uid, attempts: row.attempts }));
    return;
  }
  const reason = status.state === "error" ? (status.errorReasonCode ?? "ERR_UNKNOWN") : isOverdue(row, ctx.now()) ? "ERR_OVERDUE" : null;
  if (reason === null) {
    await store.move(ctx, row, { silences: 0, dueAt: ctx.now() + pollMs(row, ctx.now()) });
    return;
  }
  // What failed is deleted before another copy is ordered, so that there is never more than one.
  if (await remove(ctx, access, uid)) await end(ctx, row, reason);
  else await putOff(ctx, row);
}

/** Looks for a copy whose order was not answered. Only when no list has shown it for long enough was it never made. */
async function lookUp(ctx: Ctx, access: StreamAccess, row: PackageRow): Promise<void> {
  const listed = await listNamed(ctx, access, namedOf(access, row));
  if (!listed) return putOff(ctx, row);
  const [first, ...doubles] = listed;
  if (first) {
    for (const { uid } of doubles) await discard(ctx, { id: row.id, uid, row });
    return adopt(ctx, access, row.id, first);
  }
  if (mayTurnUp(row, ctx.now())) {
    await store.move(ctx, row, { silences: 0, dueAt: ctx.now() + LOOKUP_AFTER_MS });
    return;
  }
  await end(ctx, row, "ERR_LOST");
}

/** A copy came to nothing, and nothing of it is left at Stream. */
async function end(ctx: Ctx, row: PackageRow, reason: string): Promise<void> {
  const next = afterFailure(row, reason, ctx.now());
  const event = next.state === "failed" ? packageFailed(row.studio, row.id, { package: row.id, video: row.video, reason, attempts: row.attempts }) : undefined;
  await store.move(ctx, row, next, event);
}
