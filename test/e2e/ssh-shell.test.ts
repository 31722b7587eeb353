import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, Secret } from "@sampan/core";
import { openSshShell, type Shell } from "@sampan/host";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type LoopbackSshd,
  type LoopbackSshdOptions,
  sshdTools,
  startLoopbackSshd,
} from "../helpers/loopback-sshd.ts";
import { type LoopbackUsers, makeUsers, userTools } from "../helpers/loopback-users.ts";
import { lacks } from "../helpers/requires.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const failure = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isSampanError(error)) throw new Error(`no SampanError but ${String(error)}`);
  return error;
};

/** A shell that is closed when its test ends. */
async function opened(...args: Parameters<typeof openSshShell>): Promise<Shell> {
  const shell = await openSshShell(...args);
  onTestFinished(() => shell.close());
  return shell;
}

/** An sshd of a test's own. */
async function ownSshd(options: LoopbackSshdOptions): Promise<LoopbackSshd> {
  const sshd = await startLoopbackSshd(options);
  onTestFinished(() => sshd.close());
  return sshd;
}

/** Processes of `sleep` for so long, on this machine, which is the host too. */
function sleeping(seconds: RegExp): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      const [program, argument = ""] = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
      return program === "sleep" && seconds.test(argument);
    } catch {
      return false;
    }
  });
}

const socketFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("sampan-ssh-"));

describe.skipIf(lacks(...sshdTools))("a shell over a real sshd", () => {
  let sshd: LoopbackSshd;
  beforeAll(async () => {
    sshd = await startLoopbackSshd();
  });
  afterAll(() => sshd.close());

  it("tells how a command ended and what it said", async () => {
    const shell = await opened(sshd.target());
    const ended = await shell.script('cat; echo "bad \u001b[31mthing" >&2; exit 3', [], { input: "given\n" });
    expect(ended).toMatchObject({ exitCode: 3, stderr: "bad thing" });
    expect(text(ended.stdout)).toBe("given\n");
    expect((await shell.script("kill -TERM $$", [])).exitCode).toBe(143);
    expect((await shell.script("exit 255", [])).exitCode).toBe(255);
    expect((await shell.run(["no-such-program-anywhere"])).exitCode).toBe(127);
  });

  it("carries bytes of any kind and length both ways", async () => {
    const shell = await opened(sshd.target());
    const input = Buffer.alloc(3_000_000);
    for (let index = 0; index < input.length; index++) input[index] = (index * 7 + (index >> 8)) & 255;
    const { stdout } = await shell.run(["cat"], { input });
    expect(Buffer.compare(stdout, input)).toBe(0);
  });

  it("ends commands that take too long, say too much or are cancelled, on the host too", async () => {
    const shell = await opened(sshd.target());
    const marked = (seconds: string) => shell.script('sleep "$1"; true', [seconds], { timeoutMs: 400 });
    expect((await failure(marked("3617"))).code).toBe("HOST_TIMEOUT");
    expect((await failure(shell.run(["yes"], { maxOutputBytes: 1000 }))).code).toBe("HOST_ANSWER_TOO_LONG");
    const controller = new AbortController();
    const waiting = failure(shell.run(["sleep", "3618"], { signal: controller.signal }));
    const started = await shell.start(["sleep", "3619"]);
    controller.abort();
    expect((await waiting).code).toBe("CORE_CANCELLED");
    started.kill();
    expect((await started.ended).exitCode).toBeGreaterThan(128);
    await vi.waitFor(() => expect(sleeping(/^36(17|18|19)$/)).toEqual([]));
  });

  it("runs more commands at once than a connection has channels", async () => {
    const shell = await opened(sshd.target());
    const cats = await Promise.all(Array.from({ length: 20 }, () => shell.start(["cat"])));
    for (const cat of cats) {
      cat.stdin.end("x");
      cat.stdout.resume();
    }
    for (const cat of cats) expect((await cat.ended).exitCode).toBe(0);
  });

  it("makes do with two sessions on a connection, and says so where there are none", async () => {
    const few = await ownSshd({ config: "MaxSessions 2" });
    const shell = await opened(few.target());
    const cats = await Promise.all(Array.from({ length: 5 }, () => shell.start(["cat"])));
    expect(text((await shell.run(["echo", "hello"])).stdout)).toBe("hello\n");
    for (const cat of cats) cat.kill();
    const none = await ownSshd({ config: "MaxSessions 0" });
    expect((await failure(openSshShell(none.target()))).code).toBe("HOST_LOGIN_REFUSED");
  });

  it("reports a connection that is cut, and connects again for the next command", async () => {
    const shell = await opened(sshd.target());
    const sleeping = failure(shell.run(["sleep", "100"]));
    const cat = await shell.start(["cat"]);
    sshd.cutConnections();
    expect(await sleeping).toMatchObject({ code: "HOST_CONNECTION_LOST", retryable: true });
    expect(await failure(cat.ended)).toMatchObject({ code: "HOST_CONNECTION_LOST" });
    expect(text((await shell.run(["echo", "again"])).stdout)).toBe("again\n");
    await sshd.stop();
    try {
      // A command that begins before the end of the connection was heard of is lost with it.
      await expect
        .poll(() => failure(shell.run(["true"])), { timeout: 20_000 })
        .toMatchObject({ code: "HOST_UNREACHABLE", retryable: true });
    } finally {
      await sshd.start();
    }
    expect(text((await shell.run(["echo", "back"])).stdout)).toBe("back\n");
  });

  it("tells apart hosts that are not there, are not known, or let nobody in", async () => {
    const target = sshd.target();
    const stranger = join(sshd.folder, "stranger_config");
    const config = await readFile(sshd.configFile, "utf8");
    await writeFile(stranger, config.replace(sshd.knownHostsFile, join(sshd.folder, "no_known_hosts")));
    expect(await failure(openSshShell({ ...target, configFile: stranger }))).toMatchObject({
      code: "HOST_KEY_UNKNOWN",
    });
    const changed = join(sshd.folder, "changed_hosts");
    const other = (await readFile(join(sshd.folder, "user_key.pub"), "utf8"))
      .split(" ")
      .slice(0, 2)
      .join(" ");
    await writeFile(changed, `[127.0.0.1]:${sshd.port} ${other}\n`);
    await writeFile(stranger, config.replace(sshd.knownHostsFile, changed));
    expect((await failure(openSshShell({ ...target, configFile: stranger }))).message).toContain(
      "another one",
    );
    const keyless = join(sshd.folder, "keyless_config");
    await writeFile(keyless, config.replace(sshd.identityFile, join(sshd.folder, "host_key")));
    expect(await failure(openSshShell({ ...target, configFile: keyless }))).toMatchObject({
      code: "HOST_LOGIN_REFUSED",
    });
    expect(await failure(openSshShell({ ...target, port: 1 }))).toMatchObject({
      code: "HOST_UNREACHABLE",
      retryable: false,
    });
    expect((await failure(openSshShell({ ...target, host: "no-such-host.invalid" }))).code).toBe(
      "HOST_UNREACHABLE",
    );
    expect((await failure(openSshShell(target, { program: "no-such-ssh" }))).code).toBe("HOST_TOOL_MISSING");
  });

  it("takes jump hosts and other settings from the user's configuration", async () => {
    const configFile = join(sshd.folder, "jump_config");
    const config = await readFile(sshd.configFile, "utf8");
    await writeFile(
      configFile,
      `Host inner\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  ProxyCommand ssh -F ${sshd.configFile} -p ${sshd.port} 127.0.0.1 -W %h:%p\n` +
        `  RemoteCommand echo no\n  RequestTTY force\n  ControlPath none\n  LogLevel QUIET\n  LocalForward 127.0.0.1:1 127.0.0.1:1\n${config}`,
    );
    const shell = await opened({ host: "inner", configFile });
    expect(text((await shell.run(["echo", "through"])).stdout)).toBe("through\n");
    expect(shell.title).toBe("ssh://inner");
  });

  it("leaves nothing behind when it is closed", async () => {
    const before = socketFolders();
    const shell = await openSshShell(sshd.target());
    expect(socketFolders().length).toBe(before.length + 1);
    await shell.close();
    await shell.close();
    expect(socketFolders()).toEqual(before);
    expect(await failure(shell.run(["true"]))).toMatchObject({ code: "HOST_CONNECTION_LOST" });
  });
});

const shells = {
  sh: "/bin/sh",
  bash: "/bin/bash",
  csh: "/usr/bin/bsd-csh",
  tcsh: "/usr/bin/tcsh",
  fish: "/usr/bin/fish",
};

describe.skipIf(lacks(...sshdTools, ...userTools, "sudo", "doas", "bsd-csh", "tcsh", "fish", "busybox"))(
  "a shell of another user",
  () => {
    let users: LoopbackUsers;
    let sshd: LoopbackSshd;
    beforeAll(async () => {
      const shell = "/bin/bash";
      users = await makeUsers(
        [
          ...Object.entries(shells).map(([name, path]) => ({ name: `t-${name}`, shell: path })),
          { name: "t-ash", shell: "/etc/sampan-ash/ash" },
          { name: "t-nologin", shell: "/usr/sbin/nologin" },
          {
            name: "t-noisy",
            shell,
            files: { ".bashrc": "echo welcome; echo 'to you' >&2; head -c 100000 /dev/zero\n" },
          },
          { name: "t-endless", shell, files: { ".bashrc": "yes\n" } },
          { name: "t-free" },
          { name: "t-asked", password: "open' sesame$(id)" },
          { name: "t-tty", password: "x" },
          { name: "t-barred", password: "x" },
        ],
        "t-free ALL=(ALL) NOPASSWD: ALL\nt-asked ALL=(ALL) ALL\nt-tty ALL=(ALL) NOPASSWD: ALL\nDefaults:t-tty requiretty\nDefaults:t-asked use_pty\nDefaults timestamp_timeout=0\n",
      );
      await mkdir(join(users.etc, "sampan-ash"));
      await symlink(
        execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim(),
        join(users.etc, "sampan-ash/ash"),
      );
      sshd = await startLoopbackSshd({ through: users.through });
    });
    afterAll(async () => {
      await sshd.close();
      await rm(users.folder, { recursive: true, force: true });
    });

    it.each([...Object.keys(shells), "ash"])(
      "gives %s nothing to read as syntax",
      { timeout: 60_000 },
      async (name) => {
        const shell = await opened(sshd.target(`t-${name}`));
        const hostile = fc.constantFrom(
          "$(id)",
          "'",
          '"',
          "`x`",
          "\n",
          "a\nb\n",
          "-rf",
          "\\",
          "\\\\",
          "\\'",
          "a b",
          "*",
          "!",
          "!!",
          "!x",
          "~",
          "",
          "#",
          "%1",
          "$n",
          "\r",
          "\t",
          "é",
          "{a,b}",
          ";",
          "&",
          "^a^b",
          "\\n",
        );
        const word = fc.oneof(
          hostile,
          fc.string({ unit: "binary" }).filter((text) => !/\0|[\ud800-\udfff]/.test(text)),
        );
        await fc.assert(
          fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 12 }), async (words) => {
            const { stdout, stderr } = await shell.script('printf "%s\\0" "$@"', words);
            expect(text(stdout).split("\0").slice(0, -1)).toEqual(words);
            expect(stderr).toBe("");
          }),
          { numRuns: 8 },
        );
      },
    );

    it("passes over what log-in scripts print, unless it has no end", async () => {
      const shell = await opened(sshd.target("t-noisy"));
      const { stdout, stderr } = await shell.script("cat; echo oh >&2", [], { input: "mine" });
      expect([text(stdout), stderr]).toEqual(["mine", "oh"]);
      expect((await failure(openSshShell(sshd.target("t-endless")))).code).toBe("HOST_ANSWER_INVALID");
      expect((await failure(openSshShell(sshd.target("t-nologin")))).code).toBe("HOST_LOGIN_REFUSED");
    });

    it("becomes root without a password where that is allowed", async () => {
      const shell = await opened(sshd.target("t-free"));
      expect(text((await shell.run(["id", "-u"])).stdout)).not.toBe("0\n");
      expect(text((await shell.run(["id", "-u"], { asRoot: true })).stdout)).toBe("0\n");
      const word = "a\n'$(id)";
      const { stdout } = await shell.script('printf "%s" "$1"; cat', [word], {
        asRoot: true,
        input: "in\0put",
      });
      expect(text(stdout)).toBe(`${word}in\0put`);
    });

    it("answers sudo when it asks, each time it does, and never otherwise", async () => {
      const sudoPassword = new Secret("open' sesame$(id)");
      const shell = await opened({ ...sshd.target("t-asked"), sudoPassword });
      for (let times = 0; times < 2; times++) {
        const { stdout, stderr } = await shell.script("id -u; cat", [], { asRoot: true, input: "mine" });
        expect([text(stdout), stderr]).toEqual(["0\nmine", ""]);
      }
      const free = await opened({ ...sshd.target("t-free"), sudoPassword });
      expect(text((await free.run(["cat"], { asRoot: true, input: "mine" })).stdout)).toBe("mine");
    });

    it("ends what runs as root", async () => {
      const shell = await opened({
        ...sshd.target("t-asked"),
        sudoPassword: new Secret("open' sesame$(id)"),
      });
      expect((await failure(shell.run(["sleep", "3621"], { asRoot: true, timeoutMs: 1500 }))).code).toBe(
        "HOST_TIMEOUT",
      );
      await vi.waitFor(() => expect(sleeping(/^3621$/)).toEqual([]));
    });

    it("says why a user does not become root", async () => {
      const refusal = async (user: string, password?: string) => {
        const shell = await opened({
          ...sshd.target(user),
          ...(password === undefined ? {} : { sudoPassword: new Secret(password) }),
        });
        const error = await failure(shell.run(["id"], { asRoot: true }));
        expect(error.code).toBe("HOST_ROOT_REFUSED");
        expect(JSON.stringify(error)).not.toContain(password ?? "\0");
        return error.message;
      };
      expect(await refusal("t-asked")).toContain("a password is asked for");
      expect(await refusal("t-asked", "wrong-one")).toContain("not the right one");
      expect(await refusal("t-tty")).toContain("requiretty");
      expect(await refusal("t-barred", "x")).toContain("may not");
    });

    it("goes through doas where there is no sudo, and says so where there is neither", async () => {
      const path = (tool: string) =>
        execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim();
      const doas = await makeUsers([{ name: "t-doas" }, { name: "t-barred" }], "", [path("sudo")]);
      onTestFinished(() => rm(doas.folder, { recursive: true, force: true }));
      await writeFile(join(doas.etc, "doas.conf"), "permit nopass t-doas as root\n", { mode: 0o400 });
      const host = await ownSshd({ through: doas.through });
      const shell = await opened(host.target("t-doas"));
      expect(text((await shell.run(["id", "-u"], { asRoot: true })).stdout)).toBe("0\n");
      const barred = await opened(host.target("t-barred"));
      expect((await failure(barred.run(["id"], { asRoot: true }))).code).toBe("HOST_ROOT_REFUSED");
      const bare = await makeUsers([{ name: "t-bare" }], "", [path("sudo"), path("doas")]);
      onTestFinished(() => rm(bare.folder, { recursive: true, force: true }));
      const poor = await opened((await ownSshd({ through: bare.through })).target("t-bare"));
      expect((await failure(poor.run(["id"], { asRoot: true }))).message).toContain("neither sudo nor doas");
    });
  },
);
