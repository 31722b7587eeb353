import { GiB, isSampanError, MiB, type SampanError } from "@sampan/core";
import type { DiskLayout, Volume } from "@sampan/guest";
import { describe, expect, it } from "vitest";
import type { HostView, LvmReport, MountedFileSystem } from "./host-view.ts";
import { planFreeze } from "./plan-freeze.ts";
import { planSnapshots } from "./plan-snapshots.ts";

const extentBytes = 4 * MiB;

function volumeOf(
  index: number,
  given: Partial<Volume> & { kind?: string; lv?: string; sizeBytes?: number },
): Volume {
  const { kind, lv, sizeBytes = GiB, ...rest } = given;
  const fileSystem = kind === undefined ? null : { kind };
  const logicalVolume =
    lv === undefined ? null : { group: "vg0", name: lv, uuid: `uuid-${lv}`, segments: [], sharedBy: null };
  const partition = lv === undefined ? { number: index + 1 } : null;
  const range = { offset: 0, length: sizeBytes };
  return {
    index,
    partition,
    logicalVolume,
    range,
    fileSystem,
    ambiguous: false,
    ...rest,
  } as unknown as Volume;
}

const boot = volumeOf(0, { kind: "ext4" });
const physical = volumeOf(1, { kind: "lvm2" });
const root = volumeOf(2, { kind: "ext4", lv: "root", sizeBytes: 10 * GiB });
const swap = volumeOf(3, { kind: "swap", lv: "swap" });
const home = volumeOf(4, { kind: "xfs", lv: "home", sizeBytes: 20 * GiB });

function layoutOf(volumes: readonly Volume[], group: object = {}, notes: readonly string[] = []): DiskLayout {
  const logicalVolumes = volumes.filter((one) => one.logicalVolume !== null).map(({ index }) => index);
  const vg0 = {
    name: "vg0",
    uuid: "g",
    physicalVolumes: [1],
    logicalVolumes,
    hidden: [],
    trusted: true,
    free: [],
  };
  const volumeGroups = logicalVolumes.length === 0 ? [] : [{ ...vg0, ...group }];
  return { sizeBytes: 40 * GiB, volumes, volumeGroups, notes, table: {} } as unknown as DiskLayout;
}

const plain = layoutOf([boot, physical, root, swap, home]);

function reportOf(freeBytes: number, attributes: Record<string, string> = {}): LvmReport {
  const volumes = ["root", "swap", "home"].map((name) => ({
    ...{ group: "vg0", name, uuid: `uuid-${name}`, tags: [""] },
    attributes: attributes[name] ?? "-wi-ao----",
  }));
  return {
    volumes,
    groups: [{ name: "vg0", extentBytes, freeExtents: Math.floor(freeBytes / extentBytes) }],
  };
}

const mount = (device: string, point: string, kind: string, more: object = {}): MountedFileSystem => ({
  ...{ device, point, kind, readOnly: false, hidden: false },
  ...more,
});
const usualMounts = [
  mount("dm-0", "/", "ext4"),
  mount("dm-2", "/home", "xfs"),
  mount("sda1", "/boot", "ext4"),
  mount("sda3", "/boot/efi", "vfat"),
  mount("sdb", "/other", "ext4"),
];

function viewOf(mounts: readonly MountedFileSystem[] = usualMounts, more: Partial<HostView> = {}): HostView {
  return {
    ...{ disk: "sda", kernel: { major: 5, minor: 10 }, mounts },
    devices: new Set(["sda", "sda1", "sda2", "sda3", "dm-0", "dm-1", "dm-2"]),
    tools: new Set(["lvs", "lvcreate", "lvremove", "dmsetup", "fsfreeze"]),
    otherMaps: new Set(),
    ...more,
  };
}

function refusal(work: () => unknown): SampanError {
  try {
    work();
  } catch (error) {
    if (isSampanError(error)) return error;
  }
  throw new Error("it was not refused");
}

describe("a plan of snapshots", () => {
  it("takes a fifth of each volume but of no swap, and freezes what lies outside of LVM", () => {
    const plan = planSnapshots("/dev/sda", plain, viewOf(), reportOf(100 * GiB), { id: "run-1" });
    expect(plan.snapshots.map(({ volume, extents }) => [volume, extents])).toEqual([
      ["root", 512],
      ["home", 1024],
    ]);
    expect(plan.snapshots.map(({ name }) => name.replace(/[0-9a-f]{12}/, "ID"))).toEqual([
      "sampan-ID-0",
      "sampan-ID-1",
    ]);
    expect(plan).toMatchObject({ freeze: ["/boot"], freezer: "fsfreeze", stable: false });
    expect(plan.notes).toEqual([
      expect.stringMatching(/^\/boot \(ext4\) lies outside of LVM: it was whole/),
      expect.stringMatching(/^\/boot\/efi \(vfat\) .* cannot be frozen/),
    ]);
  });

  it("shares what is free when it is less, and refuses with numbers when it is too little", () => {
    const plan = planSnapshots("/dev/sda", plain, viewOf(), reportOf(2 * GiB), { id: "run-1" });
    const extents = plan.snapshots.map((one) => one.extents);
    expect((extents[0] ?? 0) + (extents[1] ?? 0)).toBeLessThanOrEqual(512);
    expect((extents[0] ?? 0) + (extents[1] ?? 0)).toBeGreaterThan(500);
    const error = refusal(() =>
      planSnapshots("/dev/sda", plain, viewOf(), reportOf(100 * MiB), { id: "run-1" }),
    );
    expect(error).toMatchObject({
      code: "HOST_SNAPSHOT_IMPOSSIBLE",
      details: { freeBytes: 100 * MiB, neededBytes: (26 + 52) * extentBytes },
    });
  });

  it("takes the space that was asked for, or refuses", () => {
    const options = { id: "run-1", snapshotBytes: GiB };
    const plan = planSnapshots("/dev/sda", plain, viewOf(), reportOf(2 * GiB), options);
    expect(plan.snapshots.map(({ extents }) => extents)).toEqual([256, 256]);
    const error = refusal(() => planSnapshots("/dev/sda", plain, viewOf(), reportOf(2 * GiB - 1), options));
    expect(error.message).toContain("need at least 2 GiB");
  });

  it("refuses what no snapshot covers, naming it", () => {
    const plan = (layout: DiskLayout, view = viewOf(), report: LvmReport | undefined = reportOf(100 * GiB)) =>
      refusal(() => planSnapshots("/dev/sda", layout, view, report, { id: "run-1" }));
    const withVolume = (one: Volume) => layoutOf([boot, physical, one, swap]);
    const withSnapshot = (name: string, tags: readonly string[]): LvmReport => {
      const snapshot = { group: "vg0", name, uuid: "s", attributes: "swi-a-s---", tags };
      const report = reportOf(100 * GiB);
      return { ...report, volumes: [...report.volumes, snapshot] };
    };
    const cases: [string, SampanError][] = [
      ["it has no logical volumes, only partition 1 (ext4)", plan(layoutOf([boot]))],
      ["partition 1 (luks) is encrypted", plan(layoutOf([volumeOf(0, { kind: "luks" })]))],
      ["software RAID", plan(layoutOf([volumeOf(0, { kind: "linux_raid" }), physical, root]))],
      [
        "segments of type thin",
        plan(layoutOf([root], { hidden: [{ name: "pool", reason: "segments of type thin" }] })),
      ],
      [
        "is not trusted: why",
        plan(layoutOf([root], { trusted: false }, ["volume group vg0 is not trusted: why"])),
      ],
      ["holds another layer (luks)", plan(withVolume(volumeOf(2, { kind: "luks", lv: "root" })))],
      ["has snapshots already, such as nightly", plan(plain, viewOf(), withSnapshot("nightly", [""]))],
      [
        "of another run, run-9",
        plan(plain, viewOf(), withSnapshot("sampan-1", ["sampan", "sampan.id.run-9"])),
      ],
      ["(lvs shows owi-aos---)", plan(plain, viewOf(), reportOf(100 * GiB, { root: "owi-aos---" }))],
      ["(lvs shows Cwi-aoC---)", plan(plain, viewOf(), reportOf(100 * GiB, { root: "Cwi-aoC---" }))],
      [
        "no logical volume in use besides swap",
        plan(layoutOf([boot, physical, volumeOf(2, { kind: "swap", lv: "swap" })])),
      ],
      ["do not answer", plan(plain, viewOf(usualMounts, { tools: new Set() }))],
      ["does not know logical volume vg0/root", plan(plain, viewOf(), { ...reportOf(GiB), volumes: [] })],
      ["lists 0 volume groups named vg0", plan(plain, viewOf(), { ...reportOf(GiB), groups: [] })],
      ["/ (ext4) lies on it outside of LVM", plan(plain, viewOf([mount("sda1", "/", "ext4")]))],
    ];
    for (const [text, error] of cases) {
      expect(error.code).toBe("HOST_SNAPSHOT_IMPOSSIBLE");
      expect(error.message).toContain(text);
    }
  });

  it("knows a mapped partition from a logical volume", () => {
    const view = viewOf([mount("dm-0", "/", "ext4"), mount("dm-2", "/boot", "ext4")], {
      otherMaps: new Set(["dm-2"]),
    });
    const plan = planSnapshots("/dev/sda", plain, view, reportOf(100 * GiB), { id: "run-1" });
    expect(plan).toMatchObject({ freeze: ["/boot"], stable: false });
  });

  it("leaves a volume that nothing uses as it is", () => {
    const plan = planSnapshots("/dev/sda", plain, viewOf(), reportOf(100 * GiB, { home: "-wi-------" }), {
      id: "r",
    });
    expect(plan.snapshots.map(({ volume }) => volume)).toEqual(["root"]);
    expect(plan.notes[0]).toBe("logical volume vg0/home (xfs) is not in use and is read as it is");
  });

  it("is made on CentOS 5, where nothing can be frozen besides", () => {
    const tools = new Set(["lvs", "lvcreate", "dmsetup"]);
    const view = viewOf(usualMounts, { tools, kernel: { major: 2, minor: 6 } });
    const report = reportOf(100 * GiB, { root: "-wi-ao", home: "-wi-ao", swap: "-wi-ao" });
    const plan = planSnapshots("/dev/sda", plain, view, report, { id: "run-1" });
    expect(plan).toMatchObject({ freeze: [], freezer: null });
    expect(plan.notes[0]).toContain("/boot (ext4) lies outside of LVM and cannot be frozen");
  });
});

describe("a plan of freezing", () => {
  it("freezes deeper mounts first and the root last, and what has no way to be frozen not at all", () => {
    const plan = planFreeze("/dev/sda", viewOf());
    expect(plan).toMatchObject({ points: ["/boot", "/home", "/"], freezer: "fsfreeze", stable: false });
    expect(plan.notes[0]).toContain("/boot/efi (vfat) cannot be frozen");
    expect(plan.notes[1]).toContain("everything that writes to /boot, /home, / waits");
  });

  it("leaves a read-only file system alone, and says when there is nothing to freeze", () => {
    const plan = planFreeze("/dev/sda", viewOf([mount("dm-0", "/", "ext4", { readOnly: true })]));
    expect(plan).toMatchObject({ points: [], stable: true });
    expect(plan.notes).toEqual([expect.stringContaining("nothing was frozen")]);
  });

  it("takes xfs_freeze where all is XFS", () => {
    const tools = new Set(["xfs_freeze"]);
    expect(planFreeze("/dev/sda", viewOf([mount("dm-2", "/home", "xfs")], { tools })).freezer).toBe(
      "xfs_freeze",
    );
    expect(refusal(() => planFreeze("/dev/sda", viewOf(usualMounts, { tools }))).code).toBe(
      "HOST_FREEZE_IMPOSSIBLE",
    );
  });

  it("never freezes the programs that thaw under a kernel that may wait for a write there", () => {
    for (const [major, minor, refused] of [
      [2, 6, true],
      [3, 5, true],
      [3, 6, false],
      [6, 1, false],
    ] as const) {
      const view = viewOf(usualMounts, { kernel: { major, minor } });
      if (refused)
        expect(refusal(() => planFreeze("/dev/sda", view)).message).toContain("kernels before 3.6");
      else expect(planFreeze("/dev/sda", view).points).toContain("/");
    }
    const data = viewOf([mount("sda1", "/data", "ext4")], { kernel: { major: 2, minor: 6 } });
    expect(planFreeze("/dev/sda", data).points).toEqual(["/data"]);
  });

  it("refuses a mount point that cannot be named or is hidden", () => {
    for (const bad of [mount("sda1", "/a\nb", "ext4"), mount("sda1", "/a", "ext4", { hidden: true })]) {
      expect(refusal(() => planFreeze("/dev/sda", viewOf([bad]))).message).toContain("cannot be reached");
    }
  });
});
