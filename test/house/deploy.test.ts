import { expect, test } from "vitest";
import { read } from "./sources.ts";

const script = read("scripts/deploy.mjs");

test("what a deployment needs is listed: every setting that is a secret, or comes with one", () => {
  const settings = [...read("worker/core/env.ts").matchAll(/^  ([A-Z][A-Z\d_]+): z\./gm)].map(([, name = ""]) => name);
  const secrets = settings.filter((name) => /_(KEYS?|TOKEN|SECRETS?|ID|JWK|CODE|ACCOUNT|URI)$/.test(name));
  expect(secrets.length).toBeGreaterThan(25);
  expect(secrets.filter((name) => !script.includes(name))).toEqual([]);
});

test("the pages that are deployed are of the folder and the project that their own configuration names", () => {
  expect(script).toContain('["pages", "deploy", "--cwd", "web"]');
  const config = read("web/wrangler.toml");
  expect(config).toContain('pages_build_output_dir = ".svelte-kit/cloudflare"');
  const [, project = ""] = /^name = "(.+)"$/m.exec(config) ?? [];
  expect(read("docs/runbooks/deploy.md")).toContain(`wrangler pages project create ${project} --production-branch main`);
});
