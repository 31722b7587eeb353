/** What CommonJS that is bundled takes for granted; the names are long, so that none that is made by minifying is the same. */
export const commonJs = [
  'import{createRequire as requireOfBundle}from"node:module";',
  'import{fileURLToPath as pathOfBundle}from"node:url";',
  "const require=requireOfBundle(import.meta.url),__filename=pathOfBundle(import.meta.url),",
  '__dirname=pathOfBundle(new URL(".",import.meta.url));',
].join("");
