import ts from "typescript";
import { expect, test } from "vitest";
import { isTest, lineOf, parse, sources, walk } from "./sources.ts";

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;
/** Where a platform asks for a default export. */
const DEFAULT_EXPORTS = /^worker\/index\.ts$|^test\/kill\/worker\/entry\.ts$|^bench\/[\w-]+-worker\.ts$|\.config\.ts$|^web\/(src\/)?(worker|entry|hooks)[\w./-]*\.ts$/;

const everything = sources(/\.ts$/);
const code = everything.filter(({ path }) => !isTest(path));
const files = everything.map((source) => ({ ...source, file: parse(source) }));

test("files are read in one sitting", () => {
  const long = code.map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length })).filter(({ lines }) => lines > FILE_LINES_MAX);
  expect(long).toEqual([]);
});

test("functions are seen at a glance", () => {
  const long: string[] = [];
  for (const { path, file } of files.filter(({ path: name }) => !isTest(name))) {
    walk(file, (node) => {
      if (!ts.isFunctionLike(node) || !("body" in node) || !node.body) return;
      const lines = file.getLineAndCharacterOfPosition(node.end).line - file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      if (lines > FUNCTION_LINES_MAX) long.push(`${path}:${lineOf(file, node)} has ${lines} lines`);
    });
  }
  expect(long).toEqual([]);
});

test("no type is unknown by `any`, no absence is talked away by `!`", () => {
  const found: string[] = [];
  for (const { path, file } of files) {
    walk(file, (node) => {
      if (node.kind === ts.SyntaxKind.AnyKeyword || ts.isNonNullExpression(node)) found.push(`${path}:${lineOf(file, node)}`);
    });
  }
  expect(found).toEqual([]);
});

test("exports have names", () => {
  const found = files.filter(({ path, file }) => !DEFAULT_EXPORTS.test(path) && file.statements.some((node) => ts.isExportAssignment(node) || (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword))));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test("no file is called by what it is not about", () => {
  expect(everything.map(({ path }) => path).filter((path) => /\b(utils?|helpers?|managers?|common|misc)\b/.test(path))).toEqual([]);
});

test("D1 has no interactive transactions, so nobody begins one", () => {
  const found = code.filter(({ path, text }) => path.startsWith("worker/") && /\.transaction\(/.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test("time, randomness and the network come in through the context", () => {
  const worldly = /\b(Date\.now|Math\.random)\(|new Date\(\)/;
  const found = code.filter(({ path, text }) => /^(film|worker\/domains)\//.test(path) && worldly.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});
