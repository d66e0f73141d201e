/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/** One cell, RFC 4180. Text that a spreadsheet would calculate gets an apostrophe in front: people name their films as they like. */
function cell(value: string | number): string {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}

/** Lines of cells as a file for a spreadsheet. */
export const csvOf = (lines: (string | number)[][]): string => lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
