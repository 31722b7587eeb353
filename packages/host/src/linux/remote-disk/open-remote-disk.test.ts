import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, isSampanError, SampanError, systemClock } from "@sampan/core";
import { blockSourceContract } from "@sampan/image/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLocalShell } from "../../connection/local-shell.ts";
import type { RunningCommand, Shell } from "../../connection/shell.ts";
import { openRemoteDisk, type RemoteDiskOptions } from "./open-remote-disk.ts";

const content = randomBytes(9 * 1024 * 1024 + 777);
const clock: Clock = { ...systemClock, sleep: async () => undefined };
let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-test-"));
  path = join(folder, "disk with ' and $(id)");
  await writeFile(path, content);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (options: Partial<RemoteDiskOptions> = {}, shell: Shell = openLocalShell()) =>
  openRemoteDisk(shell, {
    path,
    sizeBytes: content.length,
    clock,
    retry: { attempts: 4, baseMs: 1, capMs: 1 },
    ...options,
  });
const failure = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isSampanError(error)) throw new Error(`no SampanError but ${String(error)}`);
  return error;
};

blockSourceContract("a disk behind a shell", async () => ({ source: await open(), expected: content }));
blockSourceContract("a disk packed by gzip", async () => ({
  source: await open({ compression: "gzip", cacheBytes: 0 }),
  expected: content,
}));
blockSourceContract("a disk over one channel, without a cache", async () => ({
  source: await open({ channels: 1, cacheBytes: 0 }),
  expected: content,
}));

/** A shell whose host has a `dd` of its own: this script, which finds the real one as `$REAL_DD`. */
async function shellWithDd(script: string): Promise<Shell> {
  const bin = await mkdtemp(join(folder, "bin-"));
  await writeFile(join(bin, "dd"), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, "dd"), 0o755);
  const local = openLocalShell();
  return {
    ...local,
    startScript: (text, args, options) =>
      local.startScript(`PATH=${bin}:$PATH; export PATH\n${text}`, args, options),
  };
}

/** A dd that finds the value of `bs`, `skip` and `count` among its arguments, and the one it stands for. */
const lookAtArguments = `
for word; do case $word in bs=*) bs=\${word#bs=} ;; skip=*) skip=\${word#skip=} ;; count=*) count=\${word#count=} ;; esac; done
real() { PATH=/usr/bin:/bin dd "$@"; }
`;

describe("a disk behind a shell", () => {
  it("tells where the host cannot read it", async () => {
    const bad = 5 * 1024 * 1024 + 3 * 4096;
    const shell = await shellWithDd(`${lookAtArguments}
      case "$*" in *if=/dev/zero*) real "$@"; exit ;; esac
      first=$((skip * bs)); last=$(((skip + count) * bs))
      if [ $first -le ${bad} ] && [ ${bad} -lt $last ]; then
        good=$(((${bad} - first) / bs))
        real "$1" bs=$bs skip=$skip count=$good 2>/dev/null
        echo "dd: error reading '/dev/sdb': Input/output error" >&2
        echo "$good+0 records in" >&2; echo "$good+0 records out" >&2; exit 1
      fi
      exec /usr/bin/env PATH=/usr/bin:/bin dd "$@"`);
    const source = await open({ cacheBytes: 0 }, shell);
    const error = await failure(
      source.read({ offset: 0, length: content.length }, new Uint8Array(content.length)),
    );
    expect(error).toMatchObject({ code: "HOST_DISK_UNREADABLE", details: { offset: bad }, retryable: false });
    const into = new Uint8Array(100);
    await source.read({ offset: bad + 4096, length: 100 }, into);
    expect(Buffer.compare(into, content.subarray(bad + 4096, bad + 4196))).toBe(0);
    await source.close();
  });

  it("notices that it is shorter than said, when opened and later", async () => {
    const early = await failure(open({ sizeBytes: content.length + 100_000 }));
    expect(early.code).toBe("HOST_DISK_SHORT");
    const shrinking = join(folder, "shrinking");
    await writeFile(shrinking, content);
    const source = await open({ path: shrinking, cacheBytes: 0 });
    await truncate(shrinking, 6_000_000);
    const late = await failure(
      source.read({ offset: 5_000_000, length: 2_000_000 }, new Uint8Array(2_000_000)),
    );
    expect(late.code).toBe("HOST_DISK_SHORT");
    expect(late.details.offset).toBe(Math.floor(6_000_000 / 4096) * 4096);
    await source.close();
  });

  it("says when there is none, or no dd", async () => {
    expect((await failure(open({ path: join(folder, "nothing") }))).code).toBe("HOST_DISK_UNKNOWN");
    await mkdir(join(folder, "not-a-disk"));
    expect((await failure(open({ path: join(folder, "not-a-disk") }))).code).toBe("HOST_DISK_UNREADABLE");
    const local = openLocalShell();
    const shell: Shell = {
      ...local,
      startScript: (text, args) =>
        local.startScript(
          `PATH=/nowhere
${text}`,
          args,
        ),
    };
    expect((await failure(open({}, shell))).code).toBe("HOST_TOOL_MISSING");
    expect((await failure(open({ channels: 0 }))).code).toBe("CORE_ARGUMENT");
  });

  it("refuses answers that are none", async () => {
    const shell = await shellWithDd("head -c 5000 /dev/zero; echo '1+0 records in' >&2");
    expect((await failure(open({}, shell))).code).toBe("HOST_ANSWER_INVALID");
  });

  it("goes on over new readers when some are lost, and gives up in the end", async () => {
    const local = openLocalShell();
    const readers: RunningCommand[] = [];
    let broken = false;
    const shell: Shell = {
      ...local,
      async startScript(...args) {
        if (broken) throw new SampanError("HOST_UNREACHABLE", "connecting again", { retryable: true });
        const reader = await local.startScript(...args);
        readers.push(reader);
        return reader;
      },
    };
    const source = await open({ cacheBytes: 0 }, shell);
    expect(readers.length).toBe(4);
    const reading = async () => {
      const into = new Uint8Array(content.length);
      const whole = source.read({ offset: 0, length: content.length }, into);
      for (const reader of readers.splice(0)) reader.kill();
      await whole;
      return Buffer.compare(into, content);
    };
    expect(await reading()).toBe(0);
    expect(await reading()).toBe(0);
    broken = true;
    expect(await failure(reading())).toMatchObject({ code: "HOST_CONNECTION_LOST", retryable: false });
    await source.close();
  });

  it("does not go on with another disk", async () => {
    const swapped = join(folder, "swapped");
    await writeFile(swapped, content);
    const local = openLocalShell();
    let last: RunningCommand | undefined;
    const shell: Shell = {
      ...local,
      startScript: async (...args) => (last = await local.startScript(...args)),
    };
    const source = await open({ path: swapped, channels: 1, cacheBytes: 0 }, shell);
    await writeFile(swapped, randomBytes(content.length));
    last?.kill();
    await last?.ended;
    const error = await failure(source.read({ offset: 4096, length: 4096 }, new Uint8Array(4096)));
    expect(error.code).toBe("HOST_SOURCE_CHANGED");
    await source.close();
  });

  it("gives up a reader that says nothing any more", async () => {
    const silent = join(folder, "silent");
    const shell = await shellWithDd(
      `[ ! -e '${silent}' ] || exec sleep 60; exec /usr/bin/env PATH=/usr/bin:/bin dd "$@"`,
    );
    const source = await open(
      { answerTimeoutMs: 300, channels: 1, cacheBytes: 0, retry: { attempts: 1, baseMs: 1, capMs: 1 } },
      shell,
    );
    await writeFile(silent, "");
    expect((await failure(source.read({ offset: 0, length: 10 }, new Uint8Array(10)))).code).toBe(
      "HOST_TIMEOUT",
    );
    await source.close();
  });

  it("leaves a buffer alone once its read was cancelled", async () => {
    const source = await open({ cacheBytes: 0 });
    const controller = new AbortController();
    const into = new Uint8Array(content.length);
    const reading = failure(source.read({ offset: 0, length: content.length }, into, controller.signal));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    controller.abort();
    expect((await reading).code).toBe("CORE_CANCELLED");
    into.fill(7);
    await source.read({ offset: 0, length: content.length }, new Uint8Array(content.length));
    expect(into.every((byte) => byte === 7)).toBe(true);
    await source.close();
  });

  it("asks for neighbours together, and small reads before large ones", async () => {
    const local = openLocalShell();
    let asked = "";
    const shell: Shell = {
      ...local,
      async startScript(...args) {
        const reader = await local.startScript(...args);
        const write = reader.stdin.write.bind(reader.stdin) as (text: string) => boolean;
        reader.stdin.write = ((text: string) => {
          asked += text;
          return write(text);
        }) as typeof reader.stdin.write;
        return reader;
      },
    };
    const source = await open({ channels: 1, cacheBytes: 0 }, shell);
    asked = "";
    const read = (offset: number, length: number) => source.read({ offset, length }, new Uint8Array(length));
    await Promise.all([
      read(4_194_304, 4_194_304),
      read(0, 4096),
      read(8192, 4096),
      read(20_480, 4096),
      read(1_000_000, 10),
    ]);
    const requests = asked
      .trim()
      .split("\n")
      .map((line) => line.split(" ").slice(1, 4).map(Number));
    expect(requests.map(([size = 0, first = 0, count = 0]) => [first * size, count * size])).toEqual([
      [0, 24_576],
      [999_424, 4096],
      [4_194_304, 4_194_304],
    ]);
    await source.close();
  });
});
