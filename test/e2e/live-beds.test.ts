import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LvmGuest, lvmGuestTools, startLvmGuest } from "../helpers/live-host/lvm-guest.ts";
import { lacks } from "../helpers/requires.ts";

describe.skipIf(lacks("root", ...lvmGuestTools))("a test bed with its root on LVM", () => {
  let guest: LvmGuest;
  beforeAll(async () => {
    guest = await startLvmGuest();
  });
  afterAll(() => guest?.stop());

  it("is a host with space for snapshots, and knows what time it is", async () => {
    expect(await guest.say("findmnt -no SOURCE /")).toBe("/dev/mapper/vg0-root");
    expect(Number(await guest.say("vgs --noheadings --units m --nosuffix -o vg_free vg0"))).toBeGreaterThan(
      1000,
    );
    await guest.say("lvcreate -qq --snapshot --name held --size 64M vg0/root && lvremove -qq --yes vg0/held");
    expect(Math.abs(Date.now() / 1000 - Number(await guest.say("date +%s")))).toBeLessThan(30);
  });

  it("lets in who has the key, and asks an operator for the password of sudo", async () => {
    const refused = await guest.run("sudo -n id -u", { user: "operator-01" });
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("password") });
    const asked = { user: "operator-01", input: "sail away\n" };
    expect(await guest.say("sudo -S -p '' id -u", asked)).toBe("0");
    const other = await guest.run("sudo -S -p '' id -u", { ...asked, user: "nobody-01" });
    expect(other.exitCode).toBe(1);
  });

  it("comes up again after its power was cut", { timeout: 300_000 }, async () => {
    const before = await guest.say("cat /proc/sys/kernel/random/boot_id");
    await guest.reset();
    expect(await guest.say("cat /proc/sys/kernel/random/boot_id")).not.toBe(before);
    expect(await guest.say("findmnt -no SOURCE /")).toBe("/dev/mapper/vg0-root");
  });
});
