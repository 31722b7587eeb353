import { describe, expect, it } from "vitest";
import { readIdentity } from "./facts/identity.ts";
import { findLinuxRoots } from "./find-roots.ts";
import { MemoryVolume } from "./testing/memory-volume.ts";

describe("a root without its /usr", () => {
  const root = new MemoryVolume({
    "/etc/hostname": "core.invalid\n",
    "/etc/os-release": { link: "../usr/lib/os-release" },
  });
  const usr = new MemoryVolume({
    "/lib/os-release": "ID=coreos\nVERSION_ID=899.13.0\nPRETTY_NAME=CoreOS\n",
    "/share/coreos/release": "",
  });

  it("takes that of another volume, as Container Linux keeps it", async () => {
    const [found] = await findLinuxRoots(root, [usr, root]);
    expect(found && (await readIdentity(found.files))).toMatchObject({
      family: "coreos",
      version: "899.13.0",
      major: 899,
      minor: 13,
    });
  });

  it("is no root where no volume has it, and that volume is none either", async () => {
    expect(await findLinuxRoots(root, [root])).toEqual([]);
    expect(await findLinuxRoots(usr, [usr, root])).toEqual([]);
  });
});
