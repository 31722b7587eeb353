import { homedir } from "node:os";
import { join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Folders of a user, besides those of runs, which lie beside their plans. */
export interface UserFolders {
  /** Holds `config.json`. */
  readonly config: string;
  /** What is kept between sessions and concerns no run. */
  readonly state: string;
  /** The home folder itself, where looking for a project's file ends. */
  readonly user: string;
}

/**
 * Says where a user's files lie: `sampan` in `XDG_CONFIG_HOME` and `XDG_STATE_HOME`, which are `~/.config` and `~/.local/state` where they are
 * not set or no absolute paths. `SAMPAN_HOME` moves both. What can be asked for again lies where `SAMPAN_CACHE` says. Touches nothing.
 */
export function userFolders(env: Environment, cwd: string): UserFolders {
  const user = env.HOME || env.USERPROFILE || homedir();
  const moved = env.SAMPAN_HOME;
  if (moved) {
    const home = resolve(cwd, moved);
    return { config: home, state: home, user };
  }
  const xdg = (name: string, usual: string): string => {
    const set = env[name];
    // The specification has relative paths ignored.
    return join(set?.startsWith("/") ? set : join(user, usual), "sampan");
  };
  return {
    config: xdg("XDG_CONFIG_HOME", ".config"),
    state: xdg("XDG_STATE_HOME", join(".local", "state")),
    user,
  };
}
