import type { KernelFacts, WindowsFacts } from "../facts.ts";
import { fact, file, linuxGuest, windowsGuest } from "./guest-of.ts";
import { powershell, shell, steps } from "./manual.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { imageCheck } from "./sources.ts";
import { windowsRelease } from "./windows-release.ts";

export const virtio: Rule = {
  id: "GUESTOS.Virtio",
  requirement: "The guest finds the virtio drivers for its disk before its root file system is mounted.",
  why: "Disk and network of an ECS instance are virtio devices. A Linux kernel must have `virtio_blk` and `virtio_pci` in its initramfs or built in, Windows must start `viostor` at boot. At the import ECS adds drivers to the usual systems (Windows Server 2008 and later, CentOS 6, Ubuntu 12, Debian 7, SUSE 11 and later), so drivers that are there but not where they are needed are a warning; a kernel that has none is a blocker.",
  looksAt:
    "What is inside the initramfs of the newest kernel, `modules.builtin` or the kernel's configuration, and `modules.dep`. With Windows the services `viostor`, `vioscsi` and `netkvm` of the SYSTEM hive, their start type and the files they name. The evidence is the initramfs or the registry key.",
  mend: steps(
    "Rebuild the initramfs on the host before capture:",
    shell(
      'dracut -f --add-drivers "virtio_blk virtio_pci virtio_net" --kver "$(uname -r)"     # RHEL, CentOS, SUSE 12 and later',
      "printf 'virtio_blk\\nvirtio_pci\\nvirtio_net\\n' >> /etc/initramfs-tools/modules && update-initramfs -u     # Debian, Ubuntu",
      "mkinitrd --with=virtio_blk --with=virtio_pci -f /boot/initrd-$(uname -r).img $(uname -r)     # RHEL, CentOS 5",
    ),
    "Windows: install the drivers of the virtio-win package, then let the disk driver start at boot:",
    powershell(
      "pnputil -i -a D:\\viostor\\2k12R2\\amd64\\viostor.inf",
      "pnputil -i -a D:\\NetKVM\\2k12R2\\amd64\\netkvm.inf",
      "reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\viostor /v Start /t REG_DWORD /d 0 /f",
    ),
  ),
  profiles: { current: { severity: "blocker", source: imageCheck } },
  fixup: null,
  check(input) {
    const windows = windowsGuest(input);
    if (windows) return windowsDrivers(windows);
    const newest = linuxGuest(input)?.kernels[0];
    return newest === undefined ? [] : [...diskDrivers(newest), ...networkDriver(newest)];
  },
};

function diskDrivers(kernel: KernelFacts): readonly RuleHit[] {
  const hits: RuleHit[] = [];
  for (const driver of ["virtio_blk", "virtio_pci"] as const) {
    const place = kernel.drivers[driver];
    if (place !== "module" && place !== "missing") continue;
    const evidence = [file(kernel.initramfs ?? kernel.path, `${driver}: ${place}`)];
    hits.push(
      place === "missing"
        ? {
            message: `Kernel ${kernel.version} has no ${driver} driver, so it would not find its disk on ECS.`,
            hint: "Install a kernel with virtio drivers.",
            evidence,
          }
        : {
            // ECS adds the driver at import for the usual distributions, so this may still boot.
            message: `Kernel ${kernel.version} has ${driver} as a module, but not in its initramfs, so it may not find its disk on ECS.`,
            hint: `Rebuild the initramfs on the host: \`dracut -f --add-drivers ${driver}\`, or add ${driver} to /etc/initramfs-tools/modules and run \`update-initramfs -u\`.`,
            evidence,
            severity: "warning",
          },
    );
  }
  return hits;
}

function networkDriver(kernel: KernelFacts): readonly RuleHit[] {
  if (kernel.drivers.virtio_net !== "missing") return [];
  return [
    {
      message: `Kernel ${kernel.version} has no virtio_net driver, so the guest would have no network on ECS.`,
      hint: "Install a kernel with virtio drivers.",
      evidence: [file(kernel.path, "virtio_net: missing")],
    },
  ];
}

const servicesKey = "HKLM\\SYSTEM\\CurrentControlSet\\Services";

function windowsDrivers(guest: WindowsFacts): readonly RuleHit[] {
  const hits: RuleHit[] = [];
  const release = windowsRelease(guest);
  // ECS brings its own drivers to Windows Server 2008 and later.
  const severity = release?.name.startsWith("2003") ? ("blocker" as const) : ("warning" as const);
  const disks = guest.drivers.filter(({ name }) => /^(viostor|vioscsi)$/i.test(name));
  if (disks.length === 0) {
    hits.push({
      message: "Windows has no virtio disk driver (viostor); without one it stops with 0x0000007B on ECS.",
      hint: "Install the virtio-win drivers on the host: `pnputil -i -a D:\\viostor\\2k12R2\\amd64\\viostor.inf`.",
      evidence: [fact(`${servicesKey}\\viostor`, "no such service")],
      severity,
    });
  } else if (disks.every((driver) => driver.start !== 0 || driver.fileThere === false)) {
    const driver = disks[0] as (typeof disks)[number];
    const what =
      driver.start === 0
        ? "names a file that is not there"
        : `has start type ${driver.start ?? "none"} instead of 0 (boot)`;
    hits.push({
      message: `The virtio disk driver ${driver.name} ${what}, so Windows may not find its disk on ECS.`,
      hint:
        driver.start === 0
          ? "Install the virtio-win drivers again on the host."
          : `On the host: \`reg add ${servicesKey}\\${driver.name} /v Start /t REG_DWORD /d 0 /f\`.`,
      evidence: [
        fact(driver.source, `Start: ${driver.start ?? "none"}, file there: ${driver.fileThere ?? "unknown"}`),
      ],
      severity,
    });
  }
  const network = guest.drivers.find(({ name }) => /^netkvm$/i.test(name));
  if (network === undefined || network.start === 4) {
    hits.push({
      message:
        "Windows has no working virtio network driver (netkvm), so the guest would have no network on ECS.",
      hint: "Install the virtio-win drivers on the host: `pnputil -i -a D:\\NetKVM\\2k12R2\\amd64\\netkvm.inf`.",
      evidence: [
        fact(
          network?.source ?? `${servicesKey}\\netkvm`,
          network === undefined ? "no such service" : "Start: 4",
        ),
      ],
      severity,
    });
  }
  return hits;
}
