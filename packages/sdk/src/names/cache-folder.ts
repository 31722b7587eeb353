import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where a program keeps what it can get again: `SAMPAN_CACHE`, else `sampan` in the folder that the system has for that. */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform = process.platform,
): string {
  const named = env.SAMPAN_CACHE;
  if (named) return named;
  const home = env.HOME || homedir();
  if (platform === "win32")
    return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "sampan", "cache");
  if (platform === "darwin") return join(home, "Library", "Caches", "sampan");
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".cache"), "sampan");
}
