// Makes `src/lib/paraglide/` of the messages. The compiler's own way there loads them into a versioned database first, for a minute;
// here it gets the rows that it asks of that database, and nothing is made again while its inputs are the same.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import plugin from "./plugin.js";

const web = path.resolve(import.meta.dirname, "..");
const project = path.join(web, "project.inlang");
const outdir = path.join(web, "src/lib/paraglide");
const stampFile = path.join(outdir, ".stamp");
const compiler = path.join(web, "../node_modules/@inlang/paraglide-js/package.json");

const options = {
  outdir,
  strategy: ["url", "baseLocale"],
  isServer: "import.meta.env?.SSR ?? typeof window === 'undefined'",
  emitGitIgnore: false,
  emitPrettierIgnore: false,
  emitReadme: false,
};

const readSettings = () => JSON.parse(readFileSync(path.join(project, "settings.json"), "utf8"));
const readTexts = (settings) => plugin.toBeImportedFiles({ settings }).map(({ locale, path: file }) => ({ locale, content: readFileSync(path.join(web, file)) }));

/** What the compiler's query would find: bundles joined with their messages and variants. */
function rowsOf({ bundles, messages, variants }) {
  const bundleOf = new Map(bundles.map((bundle) => [bundle.id, bundle]));
  const messageOf = new Map(messages.map((message) => [`${message.bundleId} ${message.locale}`, message]));
  return variants.map((variant, index) => {
    const messageId = `${variant.messageBundleId} ${variant.messageLocale}`;
    return {
      bundleId: variant.messageBundleId, bundleDeclarations: bundleOf.get(variant.messageBundleId).declarations,
      messageId, messageLocale: variant.messageLocale, messageSelectors: messageOf.get(messageId).selectors,
      variantId: index, variantMatches: variant.matches, variantPattern: variant.pattern,
    };
  }).toSorted((a, b) => (a.bundleId < b.bundleId ? -1 : a.bundleId > b.bundleId ? 1 : 0));
}

function databaseOf(rows) {
  const query = { leftJoin: () => query, select: () => query, orderBy: () => query, execute: async () => rows };
  return { selectFrom: () => query };
}

/** Write what differs, and drop what is no longer made: who reads meanwhile always finds a file. */
function write(output) {
  const made = new Set(Object.keys(output).map((name) => path.join(outdir, name)));
  for (const entry of existsSync(outdir) ? readdirSync(outdir, { recursive: true, withFileTypes: true }) : []) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !made.has(file)) rmSync(file);
  }
  mkdirSync(path.join(outdir, "messages"), { recursive: true });
  for (const [name, text] of Object.entries(output)) {
    const file = path.join(outdir, name);
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
  }
}

export async function compileMessages() {
  const settings = readSettings();
  const files = readTexts(settings);
  const inputs = [import.meta.filename, path.join(import.meta.dirname, "plugin.js"), compiler].map((file) => readFileSync(file));
  const hash = createHash("sha256");
  for (const content of [JSON.stringify(settings), ...inputs, ...files.map((file) => file.content)]) hash.update(content).update("\0");
  const stamp = hash.digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  const { compileProject } = await import("@inlang/paraglide-js");
  const db = databaseOf(rowsOf(plugin.importFiles({ files })));
  const output = await compileProject({ project: { settings: { get: async () => settings }, db }, compilerOptions: { ...options, project }, projectPath: project });
  write(output);
  writeFileSync(stampFile, stamp);
}

/**
 * For Vite: the messages before a build, and again whenever a text changes while pages are being worked on.
 * @returns {import("vite").Plugin}
 */
export function messages() {
  return {
    name: "dailies-messages",
    enforce: "pre",
    buildStart: compileMessages,
    configureServer(server) {
      const texts = path.join(web, "messages");
      server.watcher.add(texts);
      server.watcher.on("change", (file) => {
        if (file.startsWith(texts)) compileMessages().catch((error) => server.config.logger.error(`The messages do not compile: ${error.message}`));
      });
    },
  };
}

if (process.argv[1] === import.meta.filename) await compileMessages();
