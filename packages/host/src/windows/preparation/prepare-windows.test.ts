import { isSampanError, type Json, type JsonObject } from "@sampan/core";
import { describe, expect, it } from "vitest";
import type { Argv } from "../../connection/shell.ts";
import type { WindowsShell } from "../../connection/windows/windows-shell.ts";
import { batchFile } from "./change.ts";
import { windowsPreparation } from "./live-preparation.ts";
import { prepareWindows, previewWindows } from "./prepare-windows.ts";
import { findWindowsPreparations, undoWindows } from "./undo-windows.ts";

/** What a fake Windows remembers. */
interface Memory {
  major: number;
  numbers: Record<string, number>;
  rules: { all: number; on: number } | null;
  sleepSeconds: number;
  files: Record<string, string>;
  ran: string[];
}

const policy = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy";
const system = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System";
const terminal = "SYSTEM\\CurrentControlSet\\Control\\Terminal Server";
const power = "SYSTEM\\CurrentControlSet\\Control\\Power";
const profiles: Readonly<Record<string, string>> = {
  domainprofile: "DomainProfile",
  privateprofile: "StandardProfile",
  publicprofile: "PublicProfile",
  "profile=DOMAIN": "DomainProfile",
  "profile=STANDARD": "StandardProfile",
};

function fresh(change: Partial<Memory> = {}): Memory {
  return {
    major: 6,
    numbers: {
      [`${policy}\\DomainProfile|EnableFirewall`]: 1,
      [`${policy}\\StandardProfile|EnableFirewall`]: 1,
      [`${policy}\\PublicProfile|EnableFirewall`]: 0,
      [`${system}|EnableLUA`]: 1,
      [`${terminal}|fDenyTSConnections`]: 1,
      [`${power}|HibernateEnabled`]: 1,
    },
    rules: { all: 3, on: 0 },
    sleepSeconds: 1800,
    files: {},
    ran: [],
    ...change,
  };
}

/** A Windows that knows the commands of preparation, as their documentation has them. */
function fakeWindows(memory: Memory, fails: (argv: Argv) => boolean = () => false): WindowsShell {
  const run = (argv: Argv): number => {
    memory.ran.push(argv.join(" "));
    if (fails(argv)) return 5;
    const [program, ...args] = argv;
    if (program === "reg.exe") {
      const id = `${(args[1] as string).replace("HKLM\\", "")}|${args[3]}`;
      if (args[0] === "add") memory.numbers[id] = Number(args[7]);
      else delete memory.numbers[id];
    } else if (program === "netsh.exe") {
      const profile = args.map((word) => profiles[word]).find((one) => one !== undefined);
      if (profile !== undefined) {
        memory.numbers[`${policy}\\${profile}|EnableFirewall`] = args.some((word) =>
          /^(on|mode=ENABLE)$/.test(word),
        )
          ? 1
          : 0;
      } else if (args.includes("group=@FirewallAPI.dll,-28752") && memory.rules) {
        memory.rules = { ...memory.rules, on: args.includes("enable=yes") ? memory.rules.all : 0 };
      } else return 1;
    } else if (program === "powercfg.exe") {
      if (args[0] === "-h") memory.numbers[`${power}|HibernateEnabled`] = args[1] === "on" ? 1 : 0;
      else memory.sleepSeconds = Number(args[2]) * 60;
    } else return 1;
    return 0;
  };
  return {
    title: "winrm://Administrator@web-01",
    async run(argv) {
      if (argv[1] === "-q") {
        const hex = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
        const said = `Energieschema-GUID: 381b4222-f694-41f0-9685-ff5bb260df2e\r\n Höchstens: 0xffffffff\r\n Wechselstrom: ${hex(memory.sleepSeconds)}\r\n Gleichstrom: 0x00000384\r\n`;
        return { exitCode: 0, stdout: Buffer.from(said, "latin1"), stderr: "" };
      }
      return { exitCode: run(argv), stdout: Buffer.alloc(0), stderr: "Access is denied." };
    },
    async powershell(script, parameters = {}): Promise<Json> {
      if (script.includes("FwPolicy2"))
        return { major: memory.major, all: memory.rules?.all ?? null, on: memory.rules?.on ?? 0 };
      if (script.includes("GetFiles")) {
        const names = Object.keys(memory.files).map((file) => file.slice("C:\\Windows\\Sampan\\".length));
        return { names: names.reverse() };
      }
      if (script.includes("undo-")) {
        const path = `C:\\Windows\\Sampan\\undo-${parameters.id}.cmd`;
        if (script.includes("ReadAllText($path)\n")) return memory.files[path] ?? null;
        if (script.includes(".done")) {
          memory.files[`${path}.done`] = memory.files[path] ?? "";
          delete memory.files[path];
          return null;
        }
        memory.files[path] = `${parameters.text}${memory.files[path] ?? ""}`;
        return path;
      }
      const keys = (parameters.registry as string[]).map((key): JsonObject => {
        const values = Object.entries(memory.numbers)
          .filter(([id]) => id.startsWith(`${key}|`))
          .map(([id, d]) => ({ n: id.split("|")[1] as string, k: 4, d }));
        return { values, subkeys: [] };
      });
      return { keys, files: [] };
    },
    async close() {},
  };
}

/** Runs a batch file as `cmd.exe` would read its lines: words, and words in quotes. */
async function runBatch(shell: WindowsShell, text: string): Promise<void> {
  for (const line of text.split("\r\n").filter((one) => /^\w+\.exe /.test(one))) {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? (plain as string),
    );
    await shell.run(words as unknown as Argv);
  }
}

describe("preparing a Windows host", () => {
  it("is shown before it is done, and changes nothing then", async () => {
    const memory = fresh();
    const changes = await previewWindows(fakeWindows(memory));
    expect(changes.map(({ title, now, becomes }) => `${title}: ${now} -> ${becomes}`)).toEqual([
      "Windows firewall, domain profile: on -> off",
      "Windows firewall, private profile: on -> off",
      "User Account Control: 1 -> 0, from the next start on",
      "What UAC asks administrators: not set, which means 5 -> 0, from the next start on",
      "Remote desktop: denied -> allowed",
      "Rules of the firewall for remote desktop: 0 of 3 on -> on",
      "Sleep when on mains: after 30 min -> never",
      "Hibernation, and fast start with it: on -> off",
    ]);
    expect(memory).toEqual(fresh());
  });

  it("is done once, and taken back whole by the file it leaves", async () => {
    const memory = fresh();
    const shell = fakeWindows(memory);
    const { changes, undoFile, notes } = await prepareWindows(shell, { id: "run-1" });
    expect([changes.length, notes]).toEqual([8, []]);
    expect(memory).toMatchObject({ rules: { all: 3, on: 3 }, sleepSeconds: 0 });
    expect(Object.values(memory.numbers)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(await prepareWindows(shell, { id: "run-1" })).toEqual({ changes: [], undoFile: null, notes: [] });
    await runBatch(shell, memory.files[undoFile as string] as string);
    expect({ ...memory, files: {}, ran: [] }).toEqual(fresh());
  });

  it("goes on after a failure, and is still taken back to what was so at first", async () => {
    const memory = fresh();
    const broken = fakeWindows(memory, (argv) => argv[0] === "powercfg.exe");
    const error = await prepareWindows(broken, { id: "run-2" }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "HOST_COMMAND_FAILED",
      message: expect.stringContaining(
        "Sleep when on mains: powercfg.exe -change -standby-timeout-ac 0: it ended with 5",
      ),
      details: { undoFile: "C:\\Windows\\Sampan\\undo-run-2.cmd" },
    });
    expect(isSampanError(error) && error.hint).toContain("undo-run-2.cmd");
    const shell = fakeWindows(memory);
    const { changes, undoFile } = await prepareWindows(shell, { id: "run-2" });
    expect(changes.map(({ step }) => step)).toEqual(["sleep", "hibernation"]);
    await runBatch(shell, memory.files[undoFile as string] as string);
    expect({ ...memory, files: {}, ran: [] }).toEqual(fresh());
  });

  it("has the undo file on the host before the first command", async () => {
    const memory = fresh();
    const shell = fakeWindows(memory);
    const seen: number[] = [];
    await prepareWindows(
      {
        ...shell,
        run: (argv, options) => {
          if (argv[1] !== "-q") seen.push(Object.keys(memory.files).length);
          return shell.run(argv, options);
        },
      },
      { id: "x" },
    );
    expect(new Set(seen)).toEqual(new Set([1]));
  });

  it("uses the commands of XP and Server 2003 there", async () => {
    const memory = fresh({ major: 5, rules: null });
    await prepareWindows(fakeWindows(memory), { id: "x" });
    expect(memory.ran).toEqual([
      "netsh.exe firewall set opmode mode=DISABLE profile=DOMAIN",
      "netsh.exe firewall set opmode mode=DISABLE profile=STANDARD",
      `reg.exe add HKLM\\${terminal} /v fDenyTSConnections /t REG_DWORD /d 0 /f`,
    ]);
  });

  it("tells where something else sets a setting back", async () => {
    const memory = fresh();
    const shell = fakeWindows(memory);
    const stubborn: WindowsShell = {
      ...shell,
      async run(argv, options) {
        const ended = await shell.run(argv, options);
        memory.numbers[`${system}|EnableLUA`] = 1;
        return ended;
      },
    };
    expect((await prepareWindows(stubborn, { id: "x" })).notes).toEqual([
      "UAC is on again: a group policy or another program sets it",
    ]);
  });

  it("is what a live machine offers, which takes it back by itself", async () => {
    const memory = fresh();
    const live = windowsPreparation(fakeWindows(memory));
    const preparation = await live.prepare({ id: "run-3", skip: ["uac"] });
    expect(preparation.patch).toBeNull();
    expect(preparation.changes[0]).toEqual({
      fixups: ["firewall"],
      text: "Windows firewall, domain profile: on -> off",
    });
    const undo = "C:\\Windows\\Sampan\\undo-run-3.cmd";
    expect(await preparation.apply()).toEqual({ id: "run-3", undo, notes: [] });
    expect(memory.numbers[`${system}|EnableLUA`]).toBe(1);
    const again = await live.prepare({ id: "run-4", skip: ["uac"] });
    expect(again.changes).toEqual([]);
    expect(await again.apply()).toEqual({ id: null, undo: null, notes: [] });

    expect(await live.findPreparations()).toEqual(["run-3"]);
    expect(await live.undoPreparation("run-3")).toEqual([]);
    expect({ ...memory, files: {}, ran: [] }).toEqual(fresh());
    expect(await live.findPreparations()).toEqual([]);
    await expect(live.undoPreparation("run-3")).rejects.toMatchObject({ code: "HOST_PREPARE_FAILED" });
  });

  it("takes the steps that are named, and refuses those there are not", async () => {
    const live = windowsPreparation(fakeWindows(fresh()));
    const { changes } = await live.prepare({ id: "x", only: ["hibernation"] });
    expect(changes.map(({ fixups }) => fixups)).toEqual([["hibernation"]]);
    await expect(live.prepare({ id: "x", only: ["selinux"] })).rejects.toMatchObject({
      code: "CORE_ARGUMENT",
      hint: expect.stringContaining("remote-desktop"),
    });
  });

  it("tells what could not be taken back, and keeps the file for another time", async () => {
    const memory = fresh();
    await prepareWindows(fakeWindows(memory), { id: "x" });
    const broken = fakeWindows(memory, (argv) => argv.includes("-h"));
    expect(await undoWindows(broken, "x")).toEqual(["powercfg.exe -h on (ended with 5)"]);
    expect(await findWindowsPreparations(broken)).toEqual(["x"]);
  });

  it("runs nothing of a file that others have written into", async () => {
    const memory = fresh();
    const shell = fakeWindows(memory);
    for (const line of ["calc.exe", "reg.exe add HKLM\\x & calc", 'reg.exe "%PATH%"']) {
      memory.files["C:\\Windows\\Sampan\\undo-x.cmd"] = `@echo off\r\n${line}\r\n`;
      await expect(undoWindows(shell, "x"), line).rejects.toMatchObject({ code: "HOST_PREPARE_FAILED" });
    }
    await expect(undoWindows(shell, "..\\x")).rejects.toMatchObject({ code: "CORE_ARGUMENT" });
    expect(memory.ran).toEqual([]);
  });

  it("writes nothing into a batch file that cmd.exe could read", () => {
    for (const word of ["a&b", "%PATH%", 'a"b', "a\nb", "^", "|", ">x", "!", "(", ""]) {
      expect(() => batchFile("x", [["reg.exe", word]])).toThrow();
    }
  });
});
