/** What better-auth takes for hashing passwords, with a cost that is fit for passwords of tests: nearly every test signs somebody up. */
import { randomBytes, scryptSync } from "node:crypto";

const COST = { N: 16, r: 1, p: 1 };
const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const keyOf = (password: string, salt: string): string => hexOf(scryptSync(password.normalize("NFKC"), salt, 64, COST));

export async function hashPassword(password: string): Promise<string> {
  const salt = hexOf(randomBytes(16));
  return `${salt}:${keyOf(password, salt)}`;
}

export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const [salt = "", key] = hash.split(":");
  return keyOf(password, salt) === key;
}
