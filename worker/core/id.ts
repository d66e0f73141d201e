import { base32 } from "./encoding.ts";

/** Every kind of id, with what it names. One line here is one kind. */
export const prefixes = {
  studio: "studio", user: "user", session: "sess", account: "acct", verification: "vrf", member: "member", invite: "invite", key: "key",
  project: "proj", version: "ver", scene: "scene", line: "line", shot: "shot", char: "char", loc: "loc", cue: "cue", title: "title",
  asset: "asset", upload: "upl", package: "pkg", take: "take",
  quote: "quote", run: "run", job: "job", hold: "hold", entry: "entry",
  partner: "partner", transaction: "txn", video: "video", event: "evt", finding: "finding", reconciliation: "recon", proposal: "prop", statement: "stmt", note: "note", request: "req", comment: "cmt",
  checkout: "chk", planChange: "plch", topUp: "topup",
} as const;
export type IdKind = keyof typeof prefixes;

/** A new id: prefix, 10 characters of time (so that ids sort by creation), 16 of randomness. */
export function newId(kind: IdKind, now: number, random: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  const time = new Uint8Array(6);
  new DataView(time.buffer).setUint16(0, Math.floor(now / 2 ** 32));
  new DataView(time.buffer).setUint32(2, now >>> 0);
  const noise = new Uint8Array(10);
  random(noise);
  return `${prefixes[kind]}_${base32(time)}${base32(noise)}`;
}

/** The id that follows from its parts: the same parts give the same id, so that a repeated create finds what it made. */
export async function derivedId(kind: IdKind, ...parts: string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  return `${prefixes[kind]}_${base32(new Uint8Array(digest).subarray(0, 16))}`;
}

/** Whether text has the form of an id of this kind; what has not is answered like what is not there. */
export const isId = (kind: IdKind, text: string): boolean => new RegExp(`^${prefixes[kind]}_[0-9a-z]{4,64}$`).test(text);
