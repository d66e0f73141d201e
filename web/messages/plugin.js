// Reads `messages/<locale>/<area>.json` for the message compiler. A message is a text with `{names}` in it,
// or `{ "one": ..., "other": ... }`, chosen by the plural of `{count}`, which is then written as people write numbers.
const KEY = "dailies.messages";

const variable = (name) => ({ type: "variable-reference", name });

function patternOf(text, written = {}) {
  return text.split(/(\{\w+\})/).filter((part) => part !== "").map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name ? { type: "expression", arg: variable(written[name] ?? name) } : { type: "text", value: part };
  });
}

const namesIn = (texts) => [...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1])))];

const ofCount = (name, annotation) => ({
  type: "local-variable", name, value: { type: "expression", arg: variable("count"), annotation: { type: "function-reference", name: annotation, options: [] } },
});
const plural = ofCount("countPlural", "plural");
const number = ofCount("countNumber", "number");

function readMessage(id, locale, value) {
  const choices = typeof value === "string" ? { other: value } : value;
  const counted = typeof value !== "string";
  const inputs = new Set([...(counted ? ["count"] : []), ...namesIn(Object.values(choices))]);
  const declarations = [...inputs].map((name) => ({ type: "input-variable", name }));
  if (counted) declarations.push(plural, number);
  const variants = Object.entries(choices).map(([key, text]) => ({
    messageBundleId: id, messageLocale: locale, pattern: patternOf(text, counted ? { count: "countNumber" } : {}),
    matches: counted ? [key === "other" ? { type: "catchall-match", key: "countPlural" } : { type: "literal-match", key: "countPlural", value: key }] : [],
  }));
  return { bundle: { id, declarations }, message: { bundleId: id, locale, selectors: counted ? [variable("countPlural")] : [] }, variants };
}

export default {
  key: KEY,
  toBeImportedFiles: ({ settings }) => settings.locales.flatMap((locale) => settings[KEY].areas.map((area) => ({ locale, path: `./messages/${locale}/${area}.json` }))),
  importFiles: ({ files }) => {
    const bundles = new Map();
    const seen = new Set();
    const messages = [];
    const variants = [];
    for (const file of files) {
      const texts = JSON.parse(new TextDecoder().decode(file.content));
      for (const [id, value] of Object.entries(texts)) {
        const read = readMessage(id, file.locale, value);
        if (seen.has(`${file.locale} ${id}`)) throw new Error(`The message ${id} is written twice for ${file.locale}.`);
        seen.add(`${file.locale} ${id}`);
        if (!bundles.has(id)) bundles.set(id, read.bundle);
        messages.push(read.message);
        variants.push(...read.variants);
      }
    }
    return { bundles: [...bundles.values()], messages, variants };
  },
};
