import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromDatastorePath, toDatastorePath } from "./datastore-path.ts";
import { parseMachines } from "./list-machines.ts";
import { parseSnapshots } from "./snapshots.ts";
import { parseVmxText } from "./vmx-text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("what an ESXi prints", () => {
  it.each([
    [
      "5",
      "Vmid         Name                                        File                                    Guest OS      Version   Annotation\n40     packer-vmware-iso   [wtgc-vmbd-01:datastore1] packer-vmware-iso/packer-vmware-iso.vmx   ubuntu64Guest   vmx-08              ",
      {
        id: 40,
        name: "packer-vmware-iso",
        vmx: "[wtgc-vmbd-01:datastore1] packer-vmware-iso/packer-vmware-iso.vmx",
      },
    ],
    [
      "6.5",
      "Vmid         Name                                  File                             Guest OS      Version   Annotation\n12     itachi_backupTest   [datastore1] itachi_backupTest/itachi_backupTest.vmx   ubuntu64Guest   vmx-13",
      { id: 12, name: "itachi_backupTest", vmx: "[datastore1] itachi_backupTest/itachi_backupTest.vmx" },
    ],
    [
      "8",
      "Vmid   Name          File              Guest OS       Version   Annotation\n1      x8     [pve-esx] x8/x8.vmx   centos9_64Guest   vmx-20",
      { id: 1, name: "x8", vmx: "[pve-esx] x8/x8.vmx" },
    ],
  ])("of its machines is understood (version %s)", (_version, said, machine) => {
    expect(parseMachines(said)).toMatchObject([machine]);
  });

  it("is looked at in time that grows with its length alone", () => {
    const began = Date.now();
    for (const unit of [" [", "  [", ".vmx  ", "1  x  [a] b.vmx   g  ", " "])
      parseMachines(`1 ${unit.repeat(200_000)}`);
    expect(Date.now() - began).toBeLessThan(2_000);
  });
});

describe("a machine's own file", () => {
  it("is read in the encoding it names, with its escapes undone", () => {
    const text = `.encoding = "GBK"\ndisplayName = "XX"\nAnnotation = "a|22b|0Ascsi0:0.fileName = |22evil.vmdk|22"\nscsi0:0.fileName = "d.vmdk"\nscsi0:0.filename = "second.vmdk"\nno line\n`;
    const gbk = Uint8Array.from(bytes(text));
    const at = text.indexOf("XX");
    gbk.set([0xca, 0xfd], at);
    const values = parseVmxText(gbk);
    expect(values.get("displayname")).toBe("数");
    expect(values.get("annotation")).toBe('a"b\nscsi0:0.fileName = "evil.vmdk"');
    expect(values.get("scsi0:0.filename")).toBe("d.vmdk");
  });

  it("gives values or a SampanError, whatever is in it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (noise) => {
        parseVmxText(noise);
        parseSnapshots(noise, "/v/a");
      }),
    );
    expect(() => parseVmxText(new Uint8Array(2 * 1024 * 1024))).toThrow("configuration");
  });

  it("lists snapshots with the disks that stand still since", () => {
    const text = `.encoding = "UTF-8"\nsnapshot.lastUID = "4"\nsnapshot0.uid = "1"\nsnapshot0.displayName = "before"\nsnapshot0.numDisks = "1"\nsnapshot0.disk0.fileName = "test flo_0.vmdk"\nsnapshot0.disk0.node = "scsi0:0"\nsnapshot1.uid = "4"\nsnapshot1.parent = "1"\nsnapshot1.displayName = "sampan-x"\nsnapshot1.disk0.fileName = "/vmfs/volumes/e17be478-2ac3b743/m/m.vmdk"\nsnapshot1.disk0.node = "SCSI0:1"\n`;
    const [first, second] = parseSnapshots(bytes(text), "/vmfs/volumes/ds/flo");
    expect(first).toEqual({
      id: 1,
      name: "before",
      disks: new Map([["scsi0:0", "/vmfs/volumes/ds/flo/test flo_0.vmdk"]]),
    });
    expect([second?.id, second?.disks.get("scsi0:1")]).toEqual([
      4,
      "/vmfs/volumes/e17be478-2ac3b743/m/m.vmdk",
    ]);
  });
});

describe("the name of a file of a datastore", () => {
  it("is its path, there and back", () => {
    const path = "/vmfs/volumes/data store/a [b]/c d.vmx";
    expect(fromDatastorePath("[data store] a [b]/c d.vmx")).toBe(path);
    expect(toDatastorePath(path)).toBe("[data store] a [b]/c d.vmx");
    expect(toDatastorePath("/tmp/x")).toBe("/tmp/x");
  });

  it("never leads out of its datastore", () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "[a] ../x",
        "[..] etc/passwd",
        "[a/b] c",
        "[] x",
        "[.] x",
        "[a]",
        "[a] ",
        "x",
        "[a] b/../../c",
        "[a] \0",
      ),
    );
    fc.assert(
      fc.property(hostile, (name) => {
        let path: string;
        try {
          path = fromDatastorePath(name);
        } catch (error) {
          expect(error).toMatchObject({ code: "HOST_ANSWER_INVALID" });
          return;
        }
        expect(path).toMatch(/^\/vmfs\/volumes\/[^/]+\/.+/s);
        expect(path).not.toMatch(/(^|\/)\.\.(\/|$)/);
      }),
    );
  });
});
