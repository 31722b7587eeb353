import { fixups, rules } from "@sampan/guest";
import { chooseCloud, type NamesQuestion, sampanHome } from "@sampan/sdk";
import { knownNames } from "../../completion/known-names.ts";
import type { HomeQuestion } from "../../run/home-folders.ts";
import { accountNamesSource } from "./account-names.ts";
import { entriesOf } from "./folder-entries.ts";
import { disksOfRuns } from "./run-disks.ts";
import { sshHosts } from "./ssh-hosts.ts";
import type { FolderEntry, KnownName, ShellNamesKind } from "./world.ts";

/** Names that lie around the shell: read behind its back, and answered from memory. */
export interface Surroundings {
  /** What is known now. */
  names(kind: ShellNamesKind): readonly KnownName[];
  folder(path: string): readonly FolderEntry[] | undefined;
  /** Reads anew what may have changed, unless that was done just now. Never throws. */
  refresh(): Promise<void>;
  /** Reads a folder of this machine that a path is being typed into. Never throws. */
  look(path: string): Promise<void>;
  /** Has the names of the account asked for, when they are old; not waited for. */
  askAccount(): void;
  /** How old the names of the account are, in words; `undefined` when there are none. */
  accountNamesAge(): string | undefined;
  /** Gives up what is going on. */
  close(): void;
}

const freshForMs = 2_000;
const mostFolders = 200;

/** Makes the surroundings of a shell. Reads nothing yet. The environment may change while it is open. */
export function createSurroundings(question: HomeQuestion): Surroundings {
  const account = accountNamesSource(
    (): NamesQuestion => ({
      choice: chooseCloud({ env: question.env }),
      home: sampanHome({ env: question.env, baseFolder: question.cwd }),
      env: question.env,
    }),
  );
  const known = new Map<ShellNamesKind, readonly KnownName[]>([
    ["rule", rules.map(({ id, requirement }) => ({ value: id, summary: requirement }))],
    ["fix-up", fixups.map(({ id, summary }) => ({ value: id, summary }))],
  ]);
  const folders = new Map<string, readonly FolderEntry[]>();
  let refreshed: { readonly at: number; readonly done: Promise<void> } | undefined;
  const read = async (): Promise<void> => {
    // The prompt is shown first.
    await new Promise((turn) => setImmediate(turn));
    account.read();
    const runs = knownNames("run", question);
    known.set("run", runs);
    known.set("profile", knownNames("profile", question));
    known.set("source", await sshHosts(question.env));
    known.set("disk", await disksOfRuns(question, runs));
  };
  return {
    names: (kind) => known.get(kind) ?? account.names(kind),
    accountNamesAge: account.age,
    askAccount: () => void account.ask().catch(() => undefined),
    close: account.close,
    folder: (path) => folders.get(path),
    refresh() {
      const now = performance.now();
      if (refreshed === undefined || now - refreshed.at > freshForMs) {
        refreshed = { at: now, done: read().catch(() => undefined) };
      }
      return refreshed.done;
    },
    async look(path) {
      if (folders.size >= mostFolders) folders.clear();
      folders.set(path, await entriesOf(path));
    },
  };
}
