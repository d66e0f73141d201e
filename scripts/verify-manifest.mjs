// Checks the signed record of how a take was made: its signature, and that the files are the ones that it names. Written from
// docs/design/manifests.md alone, with nothing but what Node has, so that it can be taken away, read and trusted by itself.
// Usage: verify-manifest.mjs RECORD --keys FILE_OR_URL [--file MEDIA]...
import { createHash, createPublicKey, verify } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/** What is wrong. */
export class Wrong extends Error {}

function expect(isRight, fault) {
  if (!isRight) throw new Wrong(fault);
}

/** RFC 8785. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function parse(text, what) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Wrong(`${what} is no JSON, or ends early`);
  }
}

/** Checks one record against published keys. Answers the manifest and the name of the key; throws what is wrong. */
export function checkManifest(record, keys) {
  expect(record?.object === "manifest" && typeof record.jws === "string", "this is no record of a take");
  const [header64, payload64, signature64, ...more] = record.jws.split(".");
  expect(more.length === 0 && signature64 !== undefined, "its signature has not the form of one");
  const textOf = (part) => Buffer.from(part, "base64url").toString("utf8");
  const header = parse(textOf(header64), "the header of its signature");
  expect(header.alg !== "HS256", "it is signed with a secret of the server: only the server can tell, and says so as `proof` at GET /api/v1/takes/{id}/manifest");
  expect(header.alg === "EdDSA" && header.typ === "dailies-manifest+jws", "its signature is none of a manifest");
  const key = Array.isArray(keys?.keys) ? keys.keys.find(({ kid, kty, crv }) => kid === header.kid && kty === "OKP" && crv === "Ed25519") : undefined;
  expect(key, `there is no key called ${header.kid}`);
  const publicKey = createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: "jwk" });
  const signature = Buffer.from(signature64, "base64url");
  expect(signature.toString("base64url") === signature64 && verify(null, Buffer.from(`${header64}.${payload64}`), publicKey, signature), "its signature is wrong");
  const manifest = parse(textOf(payload64), "what was signed");
  expect(manifest?.v === 1 && canonical(manifest) === textOf(payload64), "what was signed is no manifest of version 1");
  expect(manifest.take === record.take, "it is signed for another take");
  expect(canonical(record.manifest ?? null) === textOf(payload64), "what stands beside the signature is not what was signed");
  return { manifest, kid: header.kid };
}

/** The file of a manifest that has this hash; throws where none has. */
export function checkFile(manifest, name, sha256) {
  const found = manifest.files.find((file) => file.sha256 === sha256);
  expect(found, `${name} is none of its files: ${manifest.files.map(({ role }) => role).join(", ")}`);
  return found;
}

async function read(from) {
  return parse(/^https?:/.test(from) ? await (await fetch(from)).text() : readFileSync(from, "utf8"), from);
}

async function hashOf(file) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest("hex");
}

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { keys: { type: "string" }, file: { type: "string", multiple: true, default: [] } } });
  const [file] = positionals;
  if (!file || positionals.length > 1 || !values.keys) {
    console.error("Usage: npm run verify-manifest -- RECORD --keys FILE_OR_URL [--file MEDIA]...\nThe keys are at /.well-known/dailies-keys.json of the site that made it.");
    return 2;
  }
  try {
    const { manifest, kid } = checkManifest(await read(file), await read(values.keys));
    console.log(`Take ${manifest.take}: ${manifest.generated ? `made by ${manifest.model} of ${manifest.provider}` : "brought by people"}, ${manifest.madeAt}. Signed with the key ${kid}.`);
    for (const name of values.file) console.log(`${name} is its ${checkFile(manifest, name, await hashOf(name)).role}.`);
    console.log("\nRIGHT");
    return 0;
  } catch (error) {
    console.error(`WRONG: ${error.message}`);
    return 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = await main();
