import { defineTool } from "./define-tool.ts";

/** Types of output that are known to be written so; there are more in its dialogs. */
const types: Readonly<Record<string, string>> = {
  vhd: "ft_vhd_thin",
  "vhd fixed": "ft_vhd_thick",
  vhdx: "ft_vhdx_thin",
  vmdk: "ft_vmdk_ws_growable",
  "vmdk fixed": "ft_vmdk_ws_thick",
};

/**
 * StarWind V2V Converter's console program:
 * `V2V_ConverterConsole.exe convert in_file_name="…" out_file_name="…" out_file_type=ft_vhd_thin`, as its users publish it.
 */
export const starwindV2v = defineTool({
  name: "starwind-v2v",
  title: "StarWind V2V Converter",
  systems: ["windows"],
  page: "https://www.starwindsoftware.com/starwind-v2v-converter",
  programs: [
    "C:\\Program Files\\StarWind Software\\StarWind V2V Converter\\V2V_ConverterConsole.exe",
    "V2V_ConverterConsole.exe",
  ],
  usedFor: "converting VMDK, VHD and VHDX on Windows (whitepaper 4.5)",
  instead: "`toVhd()` reads all of these, and snapshots and split disks besides.",
  canDo(task) {
    if (task.kind === "capture") {
      return { why: "from its console it converts images only", instead: "Use Disk2vhd to capture." };
    }
    return types[typeKey(task)] === undefined
      ? {
          why: `a ${typeKey(task)} is none of the types known of its console`,
          instead: "Leave the tool out.",
        }
      : undefined;
  },
  args: (task) =>
    task.kind === "capture"
      ? []
      : [
          "convert",
          `in_file_name=${task.source}`,
          `out_file_name=${task.destination}`,
          `out_file_type=${types[typeKey(task)]}`,
        ],
  fractionOf(said) {
    const percent = said.match(/\b(\d{1,3}) ?%/g)?.at(-1);
    return percent === undefined ? undefined : Math.min(1, Number.parseInt(percent, 10) / 100);
  },
});

function typeKey(task: { readonly format: string; readonly fixed?: boolean }): string {
  return task.fixed === true ? `${task.format} fixed` : task.format;
}
