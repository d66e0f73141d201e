import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Writes wrangler.toml for what is bundled already, whose modules are sent as they are; answers its path. */
export function writeDeployedConfig(root) {
  const file = path.join(root, ".build/wrangler.toml");
  const settings = readFileSync(path.join(root, "wrangler.toml"), "utf8").replace(/^main = .*$/m, 'main = "api/index.js"\nno_bundle = true\nfind_additional_modules = true');
  writeFileSync(file, `${settings}\n[[rules]]\ntype = "ESModule"\nglobs = ["*.js"]\n`);
  return file;
}
