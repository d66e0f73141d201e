/** Google's access tokens: bought by a JWT that a service account's key signs (RFC 7523), and kept by the isolate until a minute before their end. */
import { importPKCS8, SignJWT } from "jose";
import { z } from "@hono/zod-openapi";
import { ask, parsed } from "./answers.ts";
import type { Call } from "./provider.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const MARGIN_MS = 60_000;
const LIFE_SECONDS = 3_600;

const ServiceAccount = z.object({ project_id: z.string().min(1).max(100), client_email: z.string().min(3).max(300), private_key: z.string().min(100).max(10_000), private_key_id: z.string().max(200).optional() });
type ServiceAccount = z.infer<typeof ServiceAccount>;

const Token = z.object({ access_token: z.string().min(1).max(10_000), expires_in: z.number().positive() });

/** Per isolate, by the account and where its tokens come from. */
const kept = new Map<string, { token: string; endsAt: number }>();

/** A service account's key as Google gives it, or null where the text is none. */
export const serviceAccountIn = (text: string): ServiceAccount | null => ServiceAccount.safeParse(parsed(text)).data ?? null;

/** A token that holds for a minute yet. `no`: the account was not let in; null: Google did not answer, so nothing was sent to anybody. */
export async function accessToken(call: Call): Promise<string | "no" | null> {
  const account = serviceAccountIn(call.token);
  const tokenUrl = call.more["tokenUrl"];
  if (!account || tokenUrl === undefined) return "no";
  const place = `${tokenUrl}\n${account.client_email}\n${account.private_key_id ?? ""}`;
  const known = kept.get(place);
  if (known && known.endsAt - MARGIN_MS > call.now()) return known.token;
  const assertion = await assertionOf(account, tokenUrl, Math.floor(call.now() / 1_000));
  if (assertion === null) return "no";
  const answer = await ask(call, tokenUrl, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }).toString() });
  if (!answer || answer.status >= 500) return null;
  const token = Token.safeParse(answer.json);
  if (answer.status !== 200 || !token.success) return answer.status === 200 ? null : "no";
  kept.set(place, { token: token.data.access_token, endsAt: call.now() + token.data.expires_in * 1_000 });
  return token.data.access_token;
}

/** Forgets a token that was not let in: it may have been taken back. */
export function forgetToken(token: string): void {
  for (const [place, known] of kept) if (known.token === token) kept.delete(place);
}

async function assertionOf({ client_email: email, private_key: pem, private_key_id: kid }: ServiceAccount, tokenUrl: string, seconds: number): Promise<string | null> {
  try {
    const key = await importPKCS8(pem, "RS256");
    return await new SignJWT({ scope: SCOPE }).setProtectedHeader({ alg: "RS256", typ: "JWT", ...(kid !== undefined && { kid }) }).setIssuer(email).setSubject(email).setAudience(tokenUrl).setIssuedAt(seconds).setExpirationTime(seconds + LIFE_SECONDS).sign(key);
  } catch {
    return null;
  }
}
