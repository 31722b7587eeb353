import { readFileSync } from "node:fs";

/** Version of the installed package, from its manifest: one folder above both `src` and `dist`. */
export function programVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const version = (manifest as { readonly version?: unknown }).version;
  return typeof version === "string" ? version : "unknown";
}
