import type { Ctx } from "#core/context.ts";
import { packageRemoved } from "./contract.ts";
import { namedOf, putOff } from "./copying.ts";
import { LOOKUP_AFTER_MS, mayTurnUp } from "./rules.ts";
import * as store from "./store.ts";
import { listNamed, remove, type StreamAccess } from "./stream.ts";
import type { PackageRow } from "./tables.ts";

/** Takes a package back until nothing of it is left at Stream: what its row names, and what else goes by its name. */
export async function takeBack(ctx: Ctx, access: StreamAccess, row: PackageRow): Promise<void> {
  const listed = row.attempts > 0 ? await listNamed(ctx, access, namedOf(access, row)) : [];
  if (!listed) return putOff(ctx, row);
  const uids = new Set([...(row.uid === null ? [] : [row.uid]), ...listed.map(({ uid }) => uid)]);
  for (const uid of uids) if (!(await remove(ctx, access, uid))) return putOff(ctx, row);
  // An order that nobody answered may still become a film: it is looked for until it cannot any more.
  if (uids.size === 0 && mayTurnUp(row, ctx.now())) {
    await store.move(ctx, row, { silences: 0, dueAt: ctx.now() + LOOKUP_AFTER_MS });
    return;
  }
  await store.forget(ctx, row, packageRemoved(row.studio, row.id, { package: row.id, video: row.video }));
}
