import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { openLocalShell } from "../../connection/local-shell.ts";
import type { Shell } from "../../connection/shell.ts";

/** A machine of a {@link fakeEsxi}. */
export interface FakeMachine {
  readonly id: number;
  readonly name: string;
  readonly vmx: string;
  power: "on" | "off" | "suspended";
  readonly note?: string;
  readonly snapshots: unknown[];
}

/** A folder that looks like an ESXi to a shell of this machine: datastores, and programs that stand before others in PATH. */
export interface FakeEsxi {
  readonly shell: Shell;
  readonly volumes: string;
  readonly notes: string;
  /** The folder behind the datastore's name. */
  readonly datastore: string;
  /** Changes what its `vim-cmd` says and does. */
  change(change: (state: { machines: FakeMachine[]; [key: string]: unknown }) => void): void;
  state(): { machines: FakeMachine[] };
  /** Commands given to `vim-cmd` so far. */
  asked(): readonly string[][];
  close(): void;
}

/** Programs of ESXi's busybox that Sampan uses. */
const applets = [
  "sh",
  "dd",
  "stat",
  "readlink",
  "head",
  "sed",
  "grep",
  "cat",
  "ls",
  "dirname",
  "basename",
  "sleep",
  "rm",
  "setsid",
];

export function fakeEsxi(options: { readonly busybox: boolean; readonly version?: string }): FakeEsxi {
  const root = mkdtempSync(join(tmpdir(), "sampan-esxi-"));
  const volumes = join(root, "volumes");
  const bin = join(root, "bin");
  const datastore = join(volumes, "5e0026d9-a647150e-d8a8-4cedfb76e9d5");
  for (const folder of [bin, datastore, join(root, "notes")]) mkdirSync(folder, { recursive: true });
  symlinkSync("5e0026d9-a647150e-d8a8-4cedfb76e9d5", join(volumes, "datastore 1"));
  copyFileSync(new URL("fake-vim-cmd.mjs", import.meta.url), join(bin, "vim-cmd"));
  writeFileSync(
    join(bin, "vmware"),
    `#!/bin/sh\necho "VMware ESXi ${options.version ?? "7.0.3"} build-19193900"\n`,
  );
  for (const name of ["vim-cmd", "vmware"]) chmodSync(join(bin, name), 0o755);
  if (options.busybox) {
    const busybox = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
    for (const name of applets) symlinkSync(busybox, join(bin, name));
  }
  const stateFile = join(root, "state.json");
  writeFileSync(stateFile, JSON.stringify({ machines: [] }));
  const before = { PATH: process.env.PATH, FAKE_ESXI: process.env.FAKE_ESXI };
  process.env.PATH = `${bin}${delimiter}${before.PATH}`;
  process.env.FAKE_ESXI = root;
  const state = () => JSON.parse(readFileSync(stateFile, "utf8"));
  return {
    shell: openLocalShell(),
    volumes,
    notes: join(root, "notes"),
    datastore,
    state,
    change(change) {
      const now = state();
      change(now);
      writeFileSync(stateFile, JSON.stringify(now));
    },
    asked: () =>
      execFileSync("sh", ["-c", 'cat "$1/asked.log" 2>/dev/null || :', "sh", root], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as string[]),
    close() {
      process.env.PATH = before.PATH;
      if (before.FAKE_ESXI === undefined) delete process.env.FAKE_ESXI;
      else process.env.FAKE_ESXI = before.FAKE_ESXI;
      rmSync(root, { recursive: true, force: true });
    },
  };
}
