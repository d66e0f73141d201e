import type { Role, Visibility } from "#lib/api/types.ts";
import type { Bucket, Hold } from "#lib/api/studio.ts";
import * as m from "#lib/paraglide/messages.js";
import { getLocale } from "#lib/paraglide/runtime.js";

const bucket: Record<Bucket, () => string> = { subscription: m.bucket_subscription, purchased: m.bucket_purchased, promo: m.bucket_promo, earned: m.bucket_earned, boost: m.bucket_boost };
export const bucketName = (value: Bucket): string => bucket[value]();
export const isBucket = (value: string): value is Bucket => Object.hasOwn(bucket, value);

const entry: Record<string, () => string> = {
  grant: m.entry_grant, hold: m.entry_hold, capture: m.entry_capture, release: m.entry_release, hold_expired: m.entry_hold_expired, lot_expired: m.entry_lot_expired,
  claw_back: m.entry_claw_back, finding: m.entry_finding,
};
/** The word for a line of the wallet's log; a kind that is newer than this page is shown as it is. */
export const entryName = (kind: string): string => entry[kind]?.() ?? kind;

const hold: Record<Hold["state"], () => string> = { open: m.hold_open, captured: m.hold_captured, released: m.hold_released, expired: m.hold_expired };
export const holdState = (state: Hold["state"]): string => hold[state]();

/** `+12`, `−4` */
export const formatChange = (credits: number): string => new Intl.NumberFormat(getLocale(), { signDisplay: "exceptZero" }).format(credits);

const role: Record<Role, () => string> = { owner: m.role_owner, admin: m.role_admin, editor: m.role_editor, reviewer: m.role_reviewer, viewer: m.role_viewer };
export const roleName = (value: Role): string => role[value]();

const visibility: Record<Visibility, () => string> = { public: m.video_visibility_public, unlisted: m.video_visibility_unlisted, private: m.video_visibility_private };
export const visibilityName = (value: Visibility): string => visibility[value]();
