import { gzipSync } from "node:zlib";
import { isSampanError, MiB } from "@sampan/core";
import { processorMs } from "@sampan/core/testing";
import { hasTools, phonyGuests } from "@sampan/guest/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandResult, Shell } from "../connection/shell.ts";
import { inspectLinuxHost } from "./inspect-live.ts";
import { askProbe } from "./probe/ask-probe.ts";
import { parseProbeAnswer } from "./probe/probe-answer.ts";
import { probeScript } from "./probe/probe-script.ts";
import { makePhonyHost, type PhonyHost, shellOf } from "./testing/phony-host.ts";

const guest = phonyGuests.find(({ title }) => title === "Debian 12")!;
let host: PhonyHost;
/** A sound answer, unpacked. */
let sound: Uint8Array;

/** A shell that answers everything with the same bytes. */
function answering(said: (args: readonly string[]) => Uint8Array): Shell {
  const result = async (args: readonly string[]): Promise<CommandResult> => ({
    exitCode: 0,
    stdout: said(args),
    stderr: "",
  });
  const refuse = () => Promise.reject(new Error("not asked for"));
  return {
    title: "a hostile host",
    run: (argv) => result(argv),
    script: (_, args) => result(args),
    start: refuse,
    startScript: refuse,
    close: async () => undefined,
  };
}

const fields = (...words: readonly string[]) =>
  Buffer.from(["sampan-probe", "1", ...words, "end"].map((word) => `${word}\0`).join(""));

async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "value",
    (error: unknown) => (isSampanError(error) ? error.code : Promise.reject(error)),
  );
}

describe.skipIf(!hasTools("dash"))("a hostile host", () => {
  beforeAll(async () => {
    const disk = new Uint8Array(2 * MiB);
    disk.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0], 446);
    disk.set([0x55, 0xaa], 510);
    host = makePhonyHost({
      tree: guest.tree,
      mounts: ["/dev/sda1 / ext4 rw 0 0"],
      blocks: {
        sda: { files: { size: "4096", dev: "8:0", "sda1/start": "2048", "sda1/dev": "8:1" }, content: disk },
      },
    });
    const { stdout } = await shellOf(["dash"]).script(probeScript, [host.root, "all"]);
    const { gunzipSync } = await import("node:zlib");
    sound = gunzipSync(stdout);
  });
  afterAll(() => host.remove());

  it("is understood while it is sound", async () => {
    const shell = answering(() => sound);
    expect((await inspectLinuxHost({ shell, root: host.root })).guest?.family).toBe("debian");
  });

  it("gives a value or an error of ours, whatever it changes in its answer", async () => {
    const place = fc.integer({ min: 0, max: sound.length - 1 });
    const change = fc.oneof(
      { weight: 4, arbitrary: fc.record({ at: place, put: fc.uint8Array({ minLength: 1, maxLength: 6 }) }) },
      { weight: 1, arbitrary: fc.record({ at: place, put: fc.constant(new Uint8Array(1)) }) },
      { weight: 1, arbitrary: fc.record({ cut: place }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        let bytes: Uint8Array = Uint8Array.from(sound);
        for (const one of changes) {
          if ("cut" in one) bytes = bytes.subarray(0, one.cut);
          else
            bytes.set(
              one.put.subarray(0, Math.max(0, bytes.length - one.at)),
              Math.min(one.at, bytes.length),
            );
        }
        const started = processorMs();
        await outcome(inspectLinuxHost({ shell: answering(() => bytes), root: host.root }));
        expect(processorMs() - started).toBeLessThan(20_000);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it("does not keep us asking by answers that lead nowhere", async () => {
    // Every further question is answered by the first answer without the folders it listed.
    const bare = Buffer.from(
      Buffer.from(sound).toString("latin1").replaceAll("listed\0/", "unread\0/"),
      "latin1",
    );
    let asked = 0;
    const shell = answering(() => {
      asked++;
      return bare;
    });
    await outcome(inspectLinuxHost({ shell, root: host.root }));
    expect(asked).toBeLessThan(1100);
  }, 120_000);

  it.each([
    ["nothing", Buffer.alloc(0), "HOST_ANSWER_INVALID"],
    ["what a login script prints", Buffer.from("Welcome!\nsampan-probe\x001\0end\0"), "HOST_ANSWER_INVALID"],
    ["another version", Buffer.from("sampan-probe\x002\0end\0"), "HOST_ANSWER_INVALID"],
    ["no end", Buffer.from("sampan-probe\x001\0host\0kernel\x006\0"), "HOST_ANSWER_INVALID"],
    ["an unknown record", fields("constructor", "x"), "HOST_ANSWER_INVALID"],
    ["an unknown kind of file", fields("node", "door", "/etc", ""), "HOST_ANSWER_INVALID"],
    ["a relative path", fields("listed", "etc"), "HOST_ANSWER_INVALID"],
    ["digits that are none", fields("bytes", "/etc/x", "10", "6z"), "HOST_ANSWER_INVALID"],
    ["half a digit", fields("bytes", "/etc/x", "10", "666"), "HOST_ANSWER_INVALID"],
    ["more than was asked for", fields("bytes", "/etc/x", "1", "6666"), "HOST_ANSWER_INVALID"],
    ["a place that is none", fields("piece", "sda", "-1", "66"), "HOST_ANSWER_INVALID"],
    ["what cannot be unpacked", Buffer.from([0x1f, 0x8b, 1, 2, 3]), "HOST_ANSWER_INVALID"],
    ["a bomb", gzipSync(Buffer.alloc(140 * MiB), { level: 1 }), "HOST_ANSWER_TOO_LONG"],
    ["no tool", Buffer.from("sampan-probe\x001\0missing\0od\0end\0"), "HOST_TOOL_MISSING"],
  ])("that answers %s ends in its own error", (_, said, code) => {
    expect(() => parseProbeAnswer(said, "a host")).toThrowError(expect.objectContaining({ code }));
  });

  it("that fails without a word is told so", async () => {
    const shell: Shell = {
      ...answering(() => Buffer.alloc(0)),
      script: async () => ({ exitCode: 3, stdout: Buffer.alloc(0), stderr: "cd: no\nsuch place" }),
    };
    await expect(askProbe({ shell, root: "" }, [["all"]])).rejects.toMatchObject({
      code: "HOST_COMMAND_FAILED",
      message: "looking at a hostile host: the probe ended with 3, saying cd: no such place",
    });
  });
});
