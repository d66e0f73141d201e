import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { canonicalJson } from "#film/canonical.ts";
import { jwks, signed } from "./statements.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/verify-manifest.mjs", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "manifest-"));
const keep = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

const picture = "a picture";
const manifest = {
  v: 1, take: "take_1", generated: true, provider: "house", model: "dailies/frame", prompt: "A \"café\" 🎬", seed: 7, madeAt: "2027-01-02T03:17:00.000Z",
  files: [{ role: "panel", sha256: createHash("sha256").update(picture).digest("hex"), bytes: picture.length, contentType: "image/png" }],
};
const record = { object: "manifest", take: "take_1", jws: signed(canonicalJson(manifest), "dailies-manifest+jws"), manifest, proof: "published_key", keys: "https://dailies.example/.well-known/dailies-keys.json" };
const keys = keep("keys.json", JSON.stringify(jwks));

function verify(given: object, ...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, keep("record.json", JSON.stringify(given)), ...args], { encoding: "utf8" });
  return { status, said: stdout + stderr };
}

test("the program says of a record and its file that they are right, and by which key", () => {
  const { status, said } = verify(record, "--keys", keys, "--file", keep("panel.png", picture));
  expect([status, said]).toEqual([0, expect.stringMatching(/made by dailies\/frame of house[^]*the key test\.[^]*panel\.png is its panel\.[^]*RIGHT/)]);
});

test("it says what is wrong, and asks for the keys where none are given", () => {
  expect(verify(record)).toMatchObject({ status: 2, said: expect.stringContaining("/.well-known/dailies-keys.json") });
  const wrong: [object, string][] = [
    [{ ...record, manifest: { ...manifest, prompt: "Other words" } }, "is not what was signed"],
    [{ ...record, jws: signed(canonicalJson({ ...manifest, take: "take_2" }), "dailies-manifest+jws") }, "another take"],
    [{ ...record, jws: signed(canonicalJson(manifest), "dailies-root+jws") }, "none of a manifest"],
    [{ ...record, jws: signed(JSON.stringify(manifest), "dailies-manifest+jws") }, "no manifest of version 1"],
    [{ ...record, jws: record.jws.replace(/.$/, (last) => (last === "A" ? "B" : "A")) }, "signature is wrong"],
    [{ object: "take" }, "no record of a take"],
  ];
  for (const [given, fault] of wrong) expect(verify(given, "--keys", keys)).toMatchObject({ status: 1, said: expect.stringContaining(fault) });
  expect(verify(record, "--keys", keep("none.json", '{"keys":[]}'))).toMatchObject({ status: 1, said: expect.stringContaining("no key called test") });
  expect(verify(record, "--keys", keys, "--file", keep("other.png", "another picture"))).toMatchObject({ status: 1, said: expect.stringContaining("other.png is none of its files: panel") });
});
