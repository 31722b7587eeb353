import { readFile } from "node:fs/promises";

/** Run inside the program: writes down which modules are loaded. */
const hooks = `
  import { appendFileSync } from "node:fs";
  export function load(url, context, next) {
    appendFileSync(process.env.LOADED_FILE, url + "\\n");
    return next(url, context);
  }
`;
const asModule = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
const recorder = asModule(
  `import { register } from "node:module"; register(${JSON.stringify(asModule(hooks))});`,
);

/** Variables by which a program and its children write down every module they load, a URL a line. */
export function recordedLoading(file: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${recorder}`, LOADED_FILE: file };
}

const cloudDist = new URL("../../packages/cloud/dist/", import.meta.url);

/** File of the built `@sampan/cloud` → the vendor's packages that are in it. */
async function vendorsByFile(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { outputs } = JSON.parse(await readFile(new URL("metafile-esm.json", cloudDist), "utf8")) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  };
  return new Map(
    Object.entries(outputs).map(([file, { inputs }]) => {
      const used = Object.keys(inputs).filter((input) => (inputs[input]?.bytesInOutput ?? 0) > 0);
      const found = used.join("\n").match(/(?<=node_modules\/)(@alicloud\/[a-z0-9-]+|ali-oss)(?=\/)/g);
      return [file.slice(file.lastIndexOf("/") + 1), [...new Set(found)]];
    }),
  );
}

/** The vendor's packages in what was loaded, a URL a line. */
export async function loadedVendors(loaded: string): Promise<readonly string[]> {
  const vendors = await vendorsByFile();
  const files = loaded.split("\n").filter((url) => url.startsWith(cloudDist.href));
  return [...new Set(files.flatMap((url) => vendors.get(url.slice(url.lastIndexOf("/") + 1)) ?? []))];
}
