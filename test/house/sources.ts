import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GENERATED = /(^|\/)(bindings|schema)\.d\.ts$|\/paraglide\//;

/** One of our own source files. Paths are from the root of the repository. */
export interface Source {
  path: string;
  text: string;
}

/** Every TypeScript file that is ours, tracked or new. */
export function sources(pattern: RegExp): Source[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], { cwd: ROOT, encoding: "utf8" }).split("\n");
  return listed.filter((path) => pattern.test(path) && !GENERATED.test(path) && existsSync(ROOT + path)).map((path) => ({ path, text: read(path) }));
}

export const read = (path: string): string => readFileSync(ROOT + path, "utf8");

export const isTest = (path: string): boolean => /\.test\.ts$|^test\/|\/testing\//.test(path);

export const parse = ({ path, text }: Source): ts.SourceFile => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

/** What a file imports or exports from, as it is written. */
export function importsOf(source: Source): string[] {
  return ts.preProcessFile(source.text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** An import as a path from the root, or null for a package. */
export function resolve({ path }: Source, from: string): string | null {
  const named = /^#(film|core|domains|objects|lib)\/(.*)$/.exec(from);
  const roots: Record<string, string> = { film: "film", core: "worker/core", domains: "worker/domains", objects: "durable-objects", lib: "web/src/lib" };
  if (named) return `${roots[named[1] ?? ""]}/${named[2]}`;
  if (!from.startsWith(".") || from.includes("/node_modules/")) return null;
  return new URL(from, `file:///${path}`).pathname.slice(1);
}

/** Walks a syntax tree. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export const lineOf = (file: ts.SourceFile, node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
