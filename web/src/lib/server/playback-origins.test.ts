import { expect, test } from "vitest";
import { withPlayback } from "./playback-origins.ts";

const POLICY = "default-src 'self'; media-src 'self' blob:; connect-src 'self' https://*.r2.cloudflarestorage.com; script-src 'self' 'nonce-x'";

test("films may come from the playback host, and from nowhere else", () => {
  expect(withPlayback(POLICY, ["https://customer-x.cloudflarestream.com"])).toBe(
    "default-src 'self'; media-src 'self' blob: https://customer-x.cloudflarestream.com; connect-src 'self' https://*.r2.cloudflarestorage.com https://customer-x.cloudflarestream.com; script-src 'self' 'nonce-x'",
  );
  expect(withPlayback(POLICY, [])).toBe(POLICY);
});
