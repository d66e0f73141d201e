/** What tests use of the verifier: see verify-manifest.mjs. */
export class Wrong extends Error {}

interface Checked {
  manifest: { take: string; files: { role: string; sha256: string }[] };
  kid: string;
}

export function checkManifest(record: unknown, keys: unknown): Checked;
export function checkFile(manifest: Checked["manifest"], name: string, sha256: string): { role: string };
