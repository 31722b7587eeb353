import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Simulator } from "@sampan/simulator";
import { describe, expect, it } from "vitest";
import { lacks } from "../helpers/requires.ts";
import { sampan, sampanProgram } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { type TmuxScreen, tmuxScreen } from "../helpers/tmux.ts";

/** The shell at its prompt, in a folder with an image and with a host in the SSH configuration. */
async function opened(columns: number, env: Readonly<Record<string, string>> = {}): Promise<TmuxScreen> {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "web-01.vmdk"), "");
  await mkdir(join(cwd, ".ssh"));
  await writeFile(join(cwd, ".ssh/config"), "Host database-7\n  HostName 192.0.2.7\n");
  const screen = await tmuxScreen([process.execPath, sampanProgram], {
    cwd,
    columns,
    env: { HOME: cwd, SAMPAN_CACHE: join(cwd, "cache"), ...env },
  });
  await screen.shows(/> *$/);
  return screen;
}

/** Types a text and then Tab, as two strokes: a paste is no wish to complete. */
async function tab(screen: TmuxScreen, text: string, shown = text): Promise<void> {
  await screen.type("-l", text);
  await comesTo(screen, shown);
  await screen.type("Tab");
}

/** What is shown without the breaks of lines, for what is wider than the screen. */
const joined = async (screen: TmuxScreen): Promise<string> => (await screen.read()).replace(/\n\s*/g, "");

async function comesTo(screen: TmuxScreen, text: string): Promise<void> {
  const until = Date.now() + 20_000;
  while (!(await joined(screen)).includes(text)) {
    if (Date.now() > until) throw new Error(`it never shows ${text}:\n${await screen.read()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(lacks("tmux"))("Tab in the shell", () => {
  it("writes a whole plan with a person, who types little more than the dots", async () => {
    const screen = await opened(120);
    await tab(screen, "Migr");
    await screen.shows("Migration");
    await tab(screen, ".fr");
    await screen.shows("Migration.from(");
    await tab(screen, '"./w');
    await screen.shows('Migration.from("./web-01.vmdk"');
    await tab(screen, ").as", 'vmdk").as');
    await screen.shows(".assess(");
    await tab(screen, ").", "assess().");
    const legal = await screen.shows("Mends the guest");
    expect(legal).toMatch(/^capture +Takes the host's disks/m);
    expect(legal).not.toMatch(/^upload +/m);
    await tab(screen, "cap", "assess().cap");
    await screen.shows(".capture(");
    await tab(screen, "{ free");
    await screen.shows("{ freeSpace:");
    await tab(screen, '"k', 'freeSpace: "k');
    await comesTo(screen, 'freeSpace: "keep"');
    await screen.type("-l", " })");
    await screen.type("Enter");
    await screen.shows("capture");
    // What was shown is the last value, and a line that begins with a dot goes on from it.
    await tab(screen, ".toV", "> .toV");
    await screen.shows("> .toVhd(");
  });

  it.each([20, 80, 200])("lists within %d columns", async (columns) => {
    const screen = await opened(columns);
    await tab(screen, "Migration.");
    const shown = await screen.shows(/^(from +)?with/m);
    for (const line of shown.split("\n")) expect([...line].length).toBeLessThanOrEqual(columns);
    if (columns >= 80) expect(shown).toMatch(/^with +Sets the cloud/m);
    // The prompt is whole after the list.
    await tab(screen, "wi");
    await comesTo(screen, "Migration.with(");
  });

  it("knows hosts, regions that are slipped of, and what the account has", async () => {
    const simulator = await Simulator.start();
    try {
      const cwd = await temporaryFolder();
      const cache = join(cwd, "names");
      const env = { SAMPAN_SIMULATOR: simulator.endpoint, SAMPAN_CACHE: cache };
      const asked = await sampan(["names", "--refresh", "--region", "cn-shanghai"], { cwd, env });
      expect(asked.exitCode, asked.stderr).toBe(0);
      const screen = await opened(100, env);
      await tab(screen, 'Migration.from("ssh://root@dat');
      await screen.shows('ssh://root@database-7"');
      await screen.type("C-u");
      await tab(screen, 'x.copyTo("cn-hangzhuo');
      await comesTo(screen, 'x.copyTo("cn-hangzhou"');
      await screen.type("C-u");
      await tab(screen, 'x.launch({ region: "cn-shanghai", zone: "cn-');
      await comesTo(screen, 'zone: "cn-shanghai-');
      await screen.type("Tab");
      expect(await screen.shows("cn-shanghai-m")).toMatch(/names of the account: .* old/);
    } finally {
      await simulator.stop();
    }
  });
});
