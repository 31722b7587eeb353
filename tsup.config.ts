import { defineConfig, type Options } from "tsup";
import { commonJs } from "./build/common-js.mjs";

/** Entry points per package; declarations come from `tsc -b`, so tsup writes JavaScript only. */
const entries: Record<string, string[]> = {
  core: ["index", "testing/index"],
  image: ["index", "testing/index"],
  guest: ["index", "rules/index", "volumes/index", "testing/index"],
  host: ["index"],
  cloud: ["index", "testing/index"],
  simulator: ["index"],
  sdk: [
    "index",
    "debug-log/index",
    "engine",
    "plan-data",
    "names/index",
    "settings/settings",
    "testing/index",
  ],
  fleet: ["index", "engine/index"],
  "language-server": ["index", "analysis/index", "server/serve"],
  repl: ["index", "main"],
};

/**
 * What stands in a package's own files, instead of being installed beside it: the vendor's clients bring fifty packages of 45 MB, of which a
 * twentieth is used, and TypeScript 24 MB for its parser. Their licences are written beside them by build/package-notices.mjs.
 */
const contained: Record<string, RegExp> = {
  // But for a proxy of urllib's that its package does not bring and Sampan does not use.
  cloud: /^(?!@sampan\/|node:|vitest$|proxy-agent$)/,
  "language-server": /^typescript$/,
};

/** What of them makes them small, and leaves the names in traces. */
function containing(name: string): Options {
  const pattern = contained[name];
  if (pattern === undefined) return {};
  return {
    noExternal: [pattern],
    banner: { js: commonJs },
    metafile: true,
    esbuildOptions(options) {
      options.minifyWhitespace = true;
    },
  };
}

/** What the extension's bundles share: everything they import is in them, as it is installed without dependencies. */
const bundle: Options = {
  outDir: "extension/dist",
  target: "node20",
  minify: true,
  clean: false,
  silent: true,
  // Says which packages are in them, for the notices that build/bundle-program.mjs writes.
  metafile: true,
  noExternal: [/^(?!vscode$)/],
  // Our packages from their sources: what is built at the same time is not there yet.
  esbuildOptions(options) {
    options.conditions = ["@sampan/source"];
  },
};

/** The extension: for the editor, which loads CommonJS and brings `vscode` itself, and for the pages of its webviews. */
const extension: Options[] = [
  {
    ...bundle,
    entry: { extension: "extension/src/extension.ts" },
    format: "cjs",
    platform: "node",
    external: ["vscode"],
    outExtension: () => ({ js: ".cjs" }),
  },
  {
    ...bundle,
    entry: { pipeline: "extension/src/pipeline/page.ts", inspector: "extension/src/inspector/page.ts" },
    format: "iife",
    platform: "browser",
    target: "es2022",
    outExtension: () => ({ js: ".js" }),
  },
];

export default defineConfig([
  ...Object.entries(entries).map(
    ([name, files]): Options => ({
      entry: Object.fromEntries(files.map((file) => [file, `packages/${name}/src/${file}.ts`])),
      outDir: `packages/${name}/dist`,
      format: "esm",
      target: "node20",
      sourcemap: true,
      // What an earlier build left would be published too. The declarations of `tsc -b` live in the same folder, and stay.
      clean: ["!**/*.d.ts", "!**/*.d.ts.map"],
      silent: true,
      skipNodeModulesBundle: true,
      ...containing(name),
    }),
  ),
  ...extension,
]);
