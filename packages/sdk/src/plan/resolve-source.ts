import { resolve } from "node:path";
import type { SecretSource, SourceSpec } from "./sources.ts";

/** The source with its paths made absolute, relative to `baseFolder`. */
export function resolveSource(source: SourceSpec, baseFolder: string): SourceSpec {
  const absolute = (relative: string): string =>
    relative.startsWith("~/") ? relative : resolve(baseFolder, relative);
  const secret = (from: SecretSource): SecretSource =>
    typeof from === "object" && "file" in from ? { file: absolute(from.file) } : from;
  switch (source.kind) {
    case "image-file": {
      const { allowPaths } = source;
      return {
        ...source,
        path: resolve(baseFolder, source.path),
        ...(allowPaths && { allowPaths: allowPaths.map((folder) => resolve(baseFolder, folder)) }),
      };
    }
    case "ecs":
      return source;
    case "image-url":
      return {
        ...source,
        ...(source.queryFrom && { queryFrom: secret(source.queryFrom) }),
        ...(source.passwordFrom && { passwordFrom: secret(source.passwordFrom) }),
        ...(source.caFile !== undefined && { caFile: absolute(source.caFile) }),
      };
    case "ssh":
    case "esxi":
      return {
        ...source,
        ...(source.identityFile !== undefined && { identityFile: absolute(source.identityFile) }),
        ...(source.configFile !== undefined && { configFile: absolute(source.configFile) }),
        ...("passwordFrom" in source && source.passwordFrom && { passwordFrom: secret(source.passwordFrom) }),
      };
    case "local":
      return source;
    case "winrm":
      return {
        ...source,
        ...(source.passwordFrom && { passwordFrom: secret(source.passwordFrom) }),
        ...(source.caFile !== undefined && { caFile: absolute(source.caFile) }),
      };
  }
}
