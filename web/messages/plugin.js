// Reads `messages/<locale>/<area>.json` for the message compiler. A message is a text with `{names}` in it,
// or `{ "one": ..., "other": ... }`, chosen by the plural of `{count}`.
const KEY = "dailies.messages";

const variable = (name) => ({ type: "variable-reference", name });

function patternOf(text) {
  return text.split(/(\{\w+\})/).filter((part) => part !== "").map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name ? { type: "expression", arg: variable(name) } : { type: "text", value: part };
  });
}

const namesIn = (texts) => [...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1])))];

const plural = {
  type: "local-variable", name: "countPlural",
  value: { type: "expression", arg: variable("count"), annotation: { type: "function-reference", name: "plural", options: [] } },
};

function readMessage(id, locale, value) {
  const choices = typeof value === "string" ? { other: value } : value;
  const counted = typeof value !== "string";
  const inputs = new Set([...(counted ? ["count"] : []), ...namesIn(Object.values(choices))]);
  const declarations = [...inputs].map((name) => ({ type: "input-variable", name }));
  if (counted) declarations.push(plural);
  const variants = Object.entries(choices).map(([key, text]) => ({
    messageBundleId: id, messageLocale: locale, pattern: patternOf(text),
    matches: counted ? [key === "other" ? { type: "catchall-match", key: "countPlural" } : { type: "literal-match", key: "countPlural", value: key }] : [],
  }));
  return { bundle: { id, declarations }, message: { bundleId: id, locale, selectors: counted ? [variable("countPlural")] : [] }, variants };
}

export default {
  key: KEY,
  toBeImportedFiles: ({ settings }) => settings.locales.flatMap((locale) => settings[KEY].areas.map((area) => ({ locale, path: `./messages/${locale}/${area}.json` }))),
  importFiles: ({ files }) => {
    const bundles = new Map();
    const messages = [];
    const variants = [];
    for (const file of files) {
      const texts = JSON.parse(new TextDecoder().decode(file.content));
      for (const [id, value] of Object.entries(texts)) {
        const read = readMessage(id, file.locale, value);
        if (!bundles.has(id)) bundles.set(id, read.bundle);
        messages.push(read.message);
        variants.push(...read.variants);
      }
    }
    return { bundles: [...bundles.values()], messages, variants };
  },
};
