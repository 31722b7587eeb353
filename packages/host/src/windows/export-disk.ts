import { cancelledError, SampanError } from "@sampan/core";
import type { WindowsShell } from "../connection/windows/windows-shell.ts";
import type { DiskExport, ExportedDisk, HostDisk } from "../host.ts";
import { disk2vhd } from "../tools/disk2vhd.ts";
import type { CaptureTask } from "../tools/tool.ts";
import { windowsPlace } from "../tools/windows-place.ts";

/**
 * Has Disk2vhd, which lies on the host already, write a disk of a running Windows into a share.
 *
 * Of a host with several disks it writes a file for each whose volumes are asked for, by names of its own: there the volumes of the one
 * disk have to be named.
 */
export async function exportWindowsDisk(
  shell: WindowsShell,
  disks: readonly HostDisk[],
  disk: string,
  options: DiskExport,
  signal: AbortSignal | undefined,
): Promise<ExportedDisk> {
  const { tool, file, volumes = ["*"], proof, program, acceptLicence, onProgress } = options;
  const folder = options.folder.replace(/[\\/]+$/, "");
  const doing = `capturing ${disk} of ${shell.title} by ${tool}`;
  const unsuitable = (why: string, hint: string) =>
    new SampanError("HOST_TOOL_UNSUITABLE", `${doing}: ${why}`, { hint });
  if (tool !== "disk2vhd") {
    throw unsuitable("that host is a Windows", 'Use `tool: "disk2vhd"`.');
  }
  const found = disks.find(({ name }) => name === disk);
  if (found === undefined) {
    throw new SampanError(
      "HOST_DISK_UNKNOWN",
      `${doing}: it has ${disks.map(({ name }) => name).join(", ")}`,
    );
  }
  if (disks.length > 1 && volumes.includes("*")) {
    throw unsuitable(
      `the host has ${disks.length} disks, and it would write a file for each`,
      'Name the volumes of the one disk, such as `volumes: ["C:"]`; those it needs to start and that have no letter get one first.',
    );
  }
  const place = windowsPlace(shell);
  const task: CaptureTask = {
    kind: "capture",
    sources: volumes,
    destination: `${folder}\\${file}`,
    format: /\.vhd$/i.test(file) ? "vhd" : "vhdx",
    sourceBytes: found.sizeBytes,
  };
  if (proof !== undefined && (await place.sizeOf(`${folder}\\${proof}`, signal)) === undefined) {
    throw new SampanError(
      "HOST_SHARE_INVALID",
      `${doing}: the host sees in ${folder} no file that was put there: it is another folder, or not to be read`,
      { hint: "Give the share by its address, and the same folder as this machine has it." },
    );
  }
  const sizeBytes = await new Promise<number>((resolve, reject) => {
    let cancel: () => void = () => undefined;
    const over = () => signal?.removeEventListener("abort", cancel);
    const consent = acceptLicence === undefined ? {} : { acceptLicence };
    const running = disk2vhd
      .run(task, { place, ...consent, ...(program === undefined ? {} : { program }) })
      .subscribe({
        next: (event) => {
          if (event.type === "progress" && event.writtenBytes !== null) onProgress?.(event.writtenBytes);
          if (event.type === "finished") resolve(event.sizeBytes);
        },
        error: (error: unknown) => {
          over();
          reject(error);
        },
        complete: over,
      });
    cancel = () => {
      running.unsubscribe();
      reject(cancelledError(signal?.reason));
    };
    if (signal?.aborted) cancel();
    else signal?.addEventListener("abort", cancel, { once: true });
  });
  return { path: task.destination, sizeBytes };
}
