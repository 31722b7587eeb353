import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eachLiveTest, lastWords, liveRunMs } from "../helpers/live-host/live-run.ts";
import {
  type NamespaceHost,
  namespaceHostTools,
  startNamespaceHost,
} from "../helpers/live-host/namespace-host.ts";
import { sshConfig } from "../helpers/live-host/ssh-access.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";

/** Words that make a file called `pwned` where a shell reads them as syntax, or an option where a program does. */
const hostileWords = [
  "$(touch pwned)",
  "`touch pwned`",
  "a;touch pwned",
  "a|touch pwned",
  "a\ntouch pwned\n",
  "'; touch pwned; '",
  '" && touch pwned && "',
  "a b",
  "-oProxyCommand=touch pwned",
  "--",
  "-F",
  "a\u0000b",
  "a\u001b[31mb",
] as const;

describe.skipIf(lacks("root", ...namespaceHostTools))("names and paths that are syntax elsewhere", () => {
  let host: NamespaceHost;
  beforeAll(async () => {
    host = await startNamespaceHost();
  });
  afterAll(() => host?.stop());
  const live = eachLiveTest(() => host);

  const sound = Migration.from({ kind: "ssh", host: "bed" }).assess().plan();
  /** Runs a plan of plain JSON, as anybody may write it. */
  async function run(source: Readonly<Record<string, unknown>>) {
    const { folder, rehearsal } = live();
    await writeFile(
      join(folder, "plan.json"),
      JSON.stringify({ ...sound, source: { kind: "ssh", ...source } }),
    );
    return sampan(["run", "plan.json", "--json"], { cwd: folder, env: rehearsal.env, timeoutMs: liveRunMs });
  }
  const strangers = async (folder: string) => (await readdir(folder)).filter((name) => name === "pwned");

  it.each(["host", "user"])(
    "are refused as a %s, by plan and by address",
    { timeout: liveRunMs },
    async (part) => {
      const { folder, rehearsal, proxy } = live();
      for (const word of hostileWords.filter((_, index) => index % 3 === (part === "host" ? 0 : 1))) {
        const done = await run(
          part === "host" ? { host: word } : { host: "127.0.0.1", user: word, port: proxy.port },
        );
        expect(done.exitCode, `${JSON.stringify(word)}\n${lastWords(done)}`).toBe(2);
        if (word.includes("\u0000")) continue;
        const address = part === "host" ? `ssh://${word}` : `ssh://${word}@127.0.0.1:${proxy.port}`;
        const assessed = await sampan(["assess", "--json", "--", address], {
          cwd: folder,
          env: rehearsal.env,
        });
        expect([2, 4], `${address}\n${assessed.stdout}${assessed.stderr}`).toContain(assessed.exitCode);
      }
      expect(await strangers(folder)).toEqual([]);
      expect(proxy.connections()).toBe(0);
    },
  );

  it("are only names where they are names of files", { timeout: liveRunMs }, async () => {
    const { folder, proxy } = live();
    const odd = join(folder, "keys $(touch pwned) `touch pwned` 'a' \"b\"; touch pwned");
    await mkdir(odd);
    const identityFile = join(odd, "-id");
    await cp(host.identityFile, identityFile);
    const configFile = join(odd, "config");
    await writeFile(configFile, sshConfig(proxy.port, join(folder, "no-such-key"), host.knownHostsFile));
    const done = await run({ host: "bed", identityFile, configFile });
    expect(done.exitCode, lastWords(done)).toBe(0);
    expect(await strangers(folder)).toEqual([]);
  });

  it("are only text where the host tells them of itself", { timeout: liveRunMs }, async () => {
    const { folder, proxy } = live();
    await host.say("printf '\\033[31m$(touch /pwned)`touch /pwned`' > /proc/sys/kernel/hostname");
    await host.say(
      "printf 'PRETTY_NAME=\"\\033]0;x\\007$(touch /pwned)\"\\nID=debian\\nVERSION_ID=12\\n' > /etc/os-release",
    );
    await host.say("printf '/dev/sdb1 /$(touch$IFS/pwned)\\033]0;x\\007 ext4 defaults 0 0\\n' > /etc/fstab");
    const configFile = join(folder, "config");
    await writeFile(configFile, sshConfig(proxy.port, host.identityFile, host.knownHostsFile));
    const done = await run({ host: "bed", configFile });
    expect(done.exitCode, lastWords(done)).toBe(0);
    const { rehearsal } = live();
    const shown = await sampan(["run", "plan.json", "--again"], { cwd: folder, env: rehearsal.env });
    expect(shown.stderr + shown.stdout).toContain("/$(touch");
    for (const said of [done, shown]) {
      for (const sign of ["\u001b", "\u0007"]) expect(said.stdout + said.stderr).not.toContain(sign);
    }
    expect((await host.run("test -e /pwned")).exitCode).toBe(1);
    expect(await strangers(folder)).toEqual([]);
  });
});
