import { MiB } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GuestFileStat, GuestFiles } from "../files/guest-files.ts";
import { defaultSettings } from "../fixups/fixup.ts";
import { selinux } from "../fixups/selinux.ts";
import { MemoryGuestFiles } from "../testing/memory-guest-files.ts";
import type { DiskLayout } from "../volumes/layout.ts";
import { readBootLoaders } from "./boot-loaders/read-boot-loaders.ts";
import { BootServices } from "./boot-services.ts";
import { readCloudInit } from "./cloud-init.ts";
import { parseFstab } from "./fstab.ts";
import { readHardwareClock } from "./hardware-clock.ts";
import { readIdentity } from "./identity.ts";
import { readInterfaces } from "./network/read-interfaces.ts";
import { readPersistentNetRules } from "./persistent-net.ts";
import { readRootAccount } from "./root-account.ts";
import { readSelinux } from "./selinux.ts";
import { readFirewalls, readNetworkManager } from "./services.ts";
import { readHostname, readIpv6Disabled } from "./settings.ts";
import { readSshd } from "./sshd.ts";
import { readEncrypted, readRaidArrays } from "./storage.ts";

const layout: DiskLayout = {
  sizeBytes: 0,
  table: { kind: "none", diskId: null, sectorBytes: 512, partitions: [], tableRanges: [] },
  notes: [],
  volumes: [],
  volumeGroups: [],
};

/** A guest in which every file has the same text, and every folder files of all sorts. */
class SameText implements GuestFiles {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  async stat(): Promise<GuestFileStat> {
    return { kind: "file", sizeBytes: this.#text.length, mode: 0o644 };
  }

  async list(): Promise<readonly string[]> {
    return ["a.conf", "a.cfg", "a.yaml", "a.network", "a.link", "a.rules", "ifcfg-eth0", "S10iptables"];
  }

  async read(): Promise<Uint8Array> {
    return new TextEncoder().encode(this.#text);
  }

  async readText(): Promise<string> {
    return this.#text;
  }

  async readLink(): Promise<undefined> {
    return undefined;
  }
}

const readers: readonly (readonly [string, (files: GuestFiles) => Promise<unknown>])[] = [
  ["fstab", async (files) => parseFstab((await files.readText("/etc/fstab")) ?? "", layout)],
  ["the distribution", readIdentity],
  ["interfaces", readInterfaces],
  ["firewalls", readFirewalls],
  ["NetworkManager", readNetworkManager],
  ["SELinux", readSelinux],
  ["sshd", readSshd],
  ["boot loaders", (files) => readBootLoaders(files, layout)],
  ["cloud-init", async (files) => readCloudInit(files, await BootServices.read(files), [])],
  ["the hardware clock", readHardwareClock],
  ["udev rules", readPersistentNetRules],
  ["the account root", readRootAccount],
  ["mdadm.conf", readRaidArrays],
  ["crypttab", readEncrypted],
  ["the host name", readHostname],
  ["IPv6", readIpv6Disabled],
];

const hostile = ["\n", " ", "a", "=", "/", "{", "[", '"', "- ", "*", "a=", "a: ", " \n", "\t#", "a\n"];

describe("the reader of", () => {
  it.each(readers)("%s comes to an end on a mebibyte of anything", async (_, read) => {
    for (const piece of hostile) {
      const value = await read(new SameText(piece.repeat(MiB / piece.length)));
      expect(value === undefined || JSON.stringify(value).length < 16 * MiB).toBe(true);
    }
  });

  it.each(readers)("%s gives a value whatever the text", async (_, read) => {
    const words = fc.constantFrom(
      ..."root= console= iface auto Include Match Port menuentry linux title kernel label append { } [ ] # \" ' \\ - : = , * $a UUID= /dev/sda1 network: ethernets: dhcp4: true &a *a <<: | >".split(
        " ",
      ),
      "\n",
      "\n\n",
      "  ",
      "\t",
      "\0",
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 60 }).map((all) => all.join(" ")),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        await read(new SameText(text));
      }),
      { numRuns: 60 },
    );
  });
});

describe("the fix-up of SELinux", () => {
  it("comes to an end on a mebibyte of empty lines", async () => {
    const files = new MemoryGuestFiles({ "/etc/selinux/config": `${"\n".repeat(MiB)}SELINUX=enforcing\n` });
    const inspection = { layout, guest: null, notes: [] };
    await selinux.apply(files, { inspection, settings: defaultSettings, note: () => {}, undo: () => {} });
    expect((await files.readText("/etc/selinux/config"))?.endsWith("\nSELINUX=disabled\n")).toBe(true);
  });
});
