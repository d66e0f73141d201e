import { env } from "cloudflare:workers";
import { hex } from "#core/encoding.ts";
import { anonymous, newWorld, type World } from "./world.ts";

/** Who signs, and what; each can be made to lie. */
export interface Sending {
  path: string;
  key: string;
  /** Seconds. */
  timestamp: number;
  secret: string;
  partner: string;
  /** What is signed where it is not what is sent. */
  signed: Partial<{ timestamp: number; method: string; path: string; key: string; body: string }>;
  signature: string;
  headers: Record<string, string>;
}

export interface PartnerWorld {
  id: string;
  secret: string;
  admin: World;
  /** Sends a transaction, signed as it must be but for what is given. */
  record(body: unknown, differently?: Partial<Sending>): Promise<Response>;
}

/** The HMAC that a partner computes, in hex. */
export async function signatureOf(secret: string, text: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text))));
}

/** Somebody who administers the platform. */
export async function newAdmin(): Promise<World> {
  const admin = await newWorld({ name: "Admin" });
  await env.DB.prepare("UPDATE users SET admin = 1 WHERE id = ?").bind(admin.user).run();
  return admin;
}

let partnersMade = 0;

/** A partner that an administrator made, for one studio or for any. */
export async function newPartner({ studio = null, kinds = ["payment", "token_use"], admin }: { studio?: string | null; kinds?: string[]; admin: World }): Promise<PartnerWorld> {
  const answer = await admin.post("/api/v1/admin/partners", { name: `Partner ${crypto.randomUUID()} ${partnersMade += 1}`, studio, kinds });
  if (answer.status !== 201) throw new Error(`no partner: ${await answer.text()}`);
  const made = await answer.json<{ id: string; secret: string }>();
  return {
    ...made, admin,
    record: async (body, given = {}) => {
      const { path = "/api/v1/transactions", key = crypto.randomUUID(), timestamp = Math.floor(Date.now() / 1000), secret = made.secret, partner = made.id, signed = {}, headers = {} } = given;
      const sent = typeof body === "string" ? body : JSON.stringify(body);
      const text = [signed.timestamp ?? timestamp, signed.method ?? "POST", signed.path ?? path, signed.key ?? key, signed.body ?? sent].join(".");
      return anonymous.send("POST", path, new TextEncoder().encode(sent), {
        "content-type": "application/json", "dailies-partner": partner, "dailies-timestamp": String(timestamp), "dailies-signature": given.signature ?? `v1=${await signatureOf(secret, text)}`, "idempotency-key": key, ...headers,
      });
    },
  };
}
