// What CommonJS that is bundled into ES modules takes for granted; the names are long, so that none that is made by minifying is the same. Where such
// a module is bundled once more, as CommonJS, it has no address: Node's own modules, all that is required then, are found from anywhere.
export const commonJs = [
  'import{createRequire as requireOfBundle}from"node:module";',
  'import{fileURLToPath as pathOfBundle,pathToFileURL as urlOfPath}from"node:url";',
  "const urlOfBundle=import.meta.url??urlOfPath(process.execPath).href,",
  "require=requireOfBundle(urlOfBundle),__filename=pathOfBundle(urlOfBundle),",
  '__dirname=pathOfBundle(new URL(".",urlOfBundle));',
].join("");
