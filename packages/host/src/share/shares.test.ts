import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@sampan/core";
import { afterEach, describe, expect, it } from "vitest";
import { mountShare } from "./mount-share.ts";
import { nfsShare } from "./nfs-share.ts";
import { recordedWork } from "./recorded-work.ts";
import { applySteps, previewSteps, undoSteps } from "./run-steps.ts";
import { readShareRecords, recordPath } from "./share-record.ts";
import { smbShare } from "./smb-share.ts";
import { canMakePhonyHost, makePhonyHost, type PhonyHost } from "./testing/phony-host.ts";

const options = { folder: "/srv/my images", client: "192.0.2.7" };
const line = "/srv/my\\040images 192.0.2.7(rw,sync,no_root_squash,no_subtree_check)";

const systems = {
  centos5: { mapper: "portmap", nfs: "nfs", smb: "smb" },
  centos6: { mapper: "rpcbind", nfs: "nfs", smb: "smb" },
  centos7: { mapper: "rpcbind", nfs: "nfs-server", smb: "smb" },
  ubuntu14: { mapper: "rpcbind", nfs: "nfs-kernel-server", smb: "smbd" },
} as const;

describe.skipIf(!canMakePhonyHost())("shares on phony hosts (root, busybox)", { timeout: 60_000 }, () => {
  const hosts: PhonyHost[] = [];
  const make = (...args: Parameters<typeof makePhonyHost>) => {
    const host = makePhonyHost(...args);
    hosts.push(host);
    return host;
  };
  afterEach(() => {
    for (const host of hosts.splice(0)) host.remove();
  });

  describe.each(Object.entries(systems))("on %s", (name, services) => {
    const system = name as keyof typeof systems;

    it("sets up NFS from nothing, changes nothing the second time, and removes just that", async () => {
      const host = make(system, { bare: true });
      host.write("/etc/exports", "# ours\n/old 192.0.2.0/24(ro)");
      const work = nfsShare(host.shell, { ...options, install: true });
      const preview = await previewSteps(work);
      expect(preview.map(({ id, state }) => [id, state])).toEqual([
        ["packages", "needed"],
        ["folder", "needed"],
        ["exports", "needed"],
        ["port mapper", "needed"],
        ["nfs server", "needed"],
        ["publish", "needed"],
      ]);
      expect(host.exists("/srv")).toBe(false);
      expect(host.exists(recordPath)).toBe(false);

      const done = await applySteps(work);
      expect(done.every(({ state }) => state === "done")).toBe(true);
      expect(host.text("/etc/exports")).toBe(
        `# ours\n/old 192.0.2.0/24(ro)\n# sampan:share:my-images\n${line}\n`,
      );
      for (const service of [services.mapper, services.nfs]) {
        expect(host.isActive(service), service).toBe(true);
        expect(host.isEnabled(service), service).toBe(true);
      }
      expect(host.text("/state/exported")).toContain(line);
      expect(statSync(join(host.root, recordPath)).mode & 0o777).toBe(0o600);

      host.calls();
      const again = await applySteps(nfsShare(host.shell, options));
      expect(again.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => "already"));
      expect(host.calls().filter((call) => /\bstart\b|\benable\b|chkconfig|install|-ra/.test(call))).toEqual(
        [],
      );

      host.write("/srv/my images/web-01.raw", "an image");
      const [key, record] = Object.entries(await readShareRecords(host.shell))[0] ?? [];
      expect(key).toBe("nfs:my-images");
      const undone = await undoSteps(recordedWork(host.shell, key ?? "", record as never));
      expect(host.text("/etc/exports")).toBe("# ours\n/old 192.0.2.0/24(ro)\n");
      expect(undone.find(({ id }) => id === "folder")?.text).toBe("kept /srv/my images: it holds files");
      // Someone else exports from the same server.
      expect(undone.find(({ id }) => id === "nfs server")?.text).toBe(`kept ${services.nfs}: others use it`);
      expect(await readShareRecords(host.shell)).toEqual({});
      expect((await undoSteps(work)).map(({ state }) => state)).toEqual(
        Array.from({ length: 6 }, () => "already"),
      );
    });

    it("stops and disables what it started, and removes the empty folders it made", async () => {
      const host = make(system);
      const work = nfsShare(host.shell, options);
      await applySteps(work);
      const undone = await undoSteps(work);
      expect(undone.map(({ state }) => state)).toEqual([
        "undone",
        "undone",
        "undone",
        "undone",
        "undone",
        "already",
      ]);
      expect(host.isActive(services.nfs)).toBe(false);
      expect(host.isActive(services.mapper)).toBe(false);
      expect(host.exists("/srv")).toBe(false);
      expect(host.text("/etc/exports")).toBe("");
    });

    it("sets up SMB with account and password, and removes it", async () => {
      const host = make(system, { bare: true });
      const password = new Secret("sail away");
      const work = smbShare(host.shell, { folder: "/srv/vhd", name: "VHD_DIR", password, install: true });
      await applySteps(work);
      expect(host.text("/etc/samba/smb.conf")).toBe(
        [
          "[global]\n\tworkgroup = WORKGROUP\n\n[homes]\n\tread only = yes",
          "# sampan:share:VHD_DIR begin",
          "[VHD_DIR]",
          "   comment = images of migrated hosts",
          "   path = /srv/vhd",
          "   valid users = sampan",
          "   guest ok = no",
          "   read only = no",
          "   browseable = yes",
          "   create mask = 0640",
          "   directory mask = 0750",
          "# sampan:share:VHD_DIR end\n",
        ].join("\n"),
      );
      expect(host.text("/state/smb-sampan")).toBe("sail away\n");
      expect(host.isActive(services.smb)).toBe(true);
      expect(host.isEnabled(services.smb)).toBe(true);
      expect(host.calls().join("\n")).not.toContain("sail away");
      expect(host.text(recordPath)).not.toContain("sail away");
      // The password is not asked for again.
      const again = await applySteps(smbShare(host.shell, { folder: "/srv/vhd", name: "VHD_DIR" }));
      expect(again.every(({ state }) => state === "already")).toBe(true);
      await undoSteps(work);
      expect(host.text("/etc/samba/smb.conf")).toBe(
        "[global]\n\tworkgroup = WORKGROUP\n\n[homes]\n\tread only = yes\n",
      );
      expect(host.text("/etc/passwd")).not.toContain("sampan");
      expect(host.exists("/state/smb-sampan")).toBe(false);
      expect(host.isActive(services.smb)).toBe(false);
      expect(host.exists("/srv")).toBe(false);
    });
  });

  it("refuses a host without the programs, before anything is changed", async () => {
    const host = make("centos6", { bare: true });
    await expect(applySteps(nfsShare(host.shell, options))).rejects.toMatchObject({
      code: "HOST_SHARE_REFUSED",
      hint: "`--install` has `yum install nfs-utils` done.",
    });
    expect(host.exists("/srv")).toBe(false);
    expect(host.exists("/etc/exports")).toBe(false);
    expect(host.exists(recordPath)).toBe(false);
  });

  it("takes back what it made when a later step fails", async () => {
    const host = make("centos7");
    host.write("/etc/exports", "/old *(ro)\n");
    host.write("/state/broken-nfs-server", "");
    await expect(applySteps(nfsShare(host.shell, options))).rejects.toMatchObject({
      code: "HOST_SHARE_FAILED",
      message: "starting the service nfs-server on a phony host: Job for nfs-server.service failed.",
    });
    expect(host.text("/etc/exports")).toBe("/old *(ro)\n");
    expect(host.exists("/srv")).toBe(false);
    expect(await readShareRecords(host.shell)).toEqual({});
  });

  it("says so when packages cannot be installed", async () => {
    const host = make("ubuntu14", { bare: true });
    host.write("/state/no-network", "");
    await expect(applySteps(nfsShare(host.shell, { ...options, install: true }))).rejects.toThrow(
      "installing nfs-kernel-server on a phony host: exit code 1, cannot reach the mirror",
    );
  });

  it("hands a service over to the share that still needs it", async () => {
    const host = make("centos7");
    const first = nfsShare(host.shell, { folder: "/srv/one", client: "*" });
    const second = nfsShare(host.shell, { folder: "/srv/two", client: "*" });
    await applySteps(first);
    await applySteps(second);
    expect((await undoSteps(first)).find(({ id }) => id === "nfs server")?.text).toBe(
      "kept nfs-server: nfs:two needs it",
    );
    expect(host.isActive("nfs-server")).toBe(true);
    await undoSteps(second);
    expect(host.isActive("nfs-server")).toBe(false);
    expect(host.isEnabled("nfs-server")).toBe(false);
  });

  it("leaves alone what was there before it", async () => {
    const host = make("centos7");
    host.write("/etc/exports", `${line}\n`);
    host.write("/srv/my images/.keep", "");
    for (const service of ["rpcbind", "nfs-server"]) {
      host.write(`/state/active/${service}`, "");
      host.write(`/state/enabled/${service}`, "");
    }
    const work = nfsShare(host.shell, options);
    await applySteps(work);
    await undoSteps(work);
    expect(host.text("/etc/exports")).toBe(`${line}\n`);
    expect(host.isActive("nfs-server")).toBe(true);
    expect(host.exists("/srv/my images/.keep")).toBe(true);
  });

  it("keeps owner and mode of the files it edits, and refuses a folder that is exported otherwise", async () => {
    const host = make("centos7");
    host.write("/etc/exports", "/other *(ro)\n");
    chmodSync(join(host.root, "etc/exports"), 0o640);
    await applySteps(nfsShare(host.shell, options));
    expect(statSync(join(host.root, "etc/exports")).mode & 0o777).toBe(0o640);
    host.write("/etc/exports", '"/srv/my images" 192.0.2.7(ro)\n');
    await expect(applySteps(nfsShare(host.shell, options))).rejects.toThrow(
      "it is exported otherwise already",
    );
  });

  it("does not activate what testparm does not take", async () => {
    const host = make("centos7");
    const text = "[global]\nnonsense = yes\n";
    host.write("/etc/samba/smb.conf", text);
    const work = smbShare(host.shell, { folder: "/srv/vhd", password: new Secret("sail away") });
    await expect(applySteps(work)).rejects.toThrow(
      'testparm ends with 1: Unknown parameter encountered: "nonsense"',
    );
    expect(host.text("/etc/samba/smb.conf")).toBe(text);
    expect(host.text("/etc/passwd")).not.toContain("sampan");
    await expect(previewSteps(smbShare(host.shell, { folder: "/srv/vhd" }))).resolves.toMatchObject(
      expect.arrayContaining([expect.objectContaining({ id: "password", state: "refused" })]),
    );
  });

  it("mounts a share, proves that it can write, and unmounts it", async () => {
    const host = make("centos5");
    const work = mountShare(host.shell, { from: "convert-01:/srv/my images", at: "/mnt/my store" });
    await applySteps(work);
    expect(host.text("/proc/mounts")).toContain("convert-01:/srv/my\\040images /mnt/my\\040store nfs rw 0 0");
    host.calls();
    await applySteps(work);
    expect(host.calls().filter((call) => call.startsWith("mount"))).toEqual([]);
    const other = mountShare(host.shell, { from: "convert-02:/srv/images", at: "/mnt/my store" });
    await expect(applySteps(other)).rejects.toThrow("convert-01:/srv/my images (nfs) is mounted there");
    await undoSteps(work);
    expect(host.text("/proc/mounts")).toBe("/dev/sda1 / ext4 rw 0 0\n");
    expect(host.exists("/mnt")).toBe(false);
  });

  it("mounts by SMB with a password that stands in no argument, and tells what the server says", async () => {
    const host = make("centos7");
    const password = new Secret("sail away");
    const smb = mountShare(host.shell, { from: "\\\\convert-01\\VHD_DIR", at: "/mnt/vhd", password });
    await applySteps(smb);
    expect(host.text("/proc/mounts")).toContain("//convert-01/VHD_DIR /mnt/vhd cifs");
    expect(host.calls().join("\n")).not.toContain("sail");
    expect(readdirSync(join(host.root, "tmp"))).toEqual([]);
    const wrong = mountShare(host.shell, {
      from: "//convert-01/X",
      at: "/mnt/x",
      password: new Secret("no"),
    });
    await expect(applySteps(wrong)).rejects.toThrow("mount error(13): Permission denied");
    const refused = mountShare(host.shell, { from: "convert-01:/refused", at: "/mnt/x" });
    await expect(applySteps(refused)).rejects.toThrow(
      "access denied by server while mounting convert-01:/refused",
    );
    expect(host.exists("/mnt/x")).toBe(false);
  });

  it("refuses a damaged record, and one that was changed meanwhile is not overwritten", async () => {
    const host = make("centos7");
    host.write(recordPath, "{");
    await expect(readShareRecords(host.shell)).rejects.toMatchObject({ code: "HOST_SHARE_FAILED" });
    const record = { kind: "nfs", options: { folder: "/etc", client: "*", name: "x" }, made: {} } as const;
    expect(() => recordedWork(host.shell, "nfs:x", record)).toThrow("it belongs to the system");
  });
});
