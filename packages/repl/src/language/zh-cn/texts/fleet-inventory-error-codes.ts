import type { KnownTexts } from "../../known-texts.ts";

/** Meanings and cures of the error codes of inventories and of files that describe a fleet. */
export const fleetInventoryErrorCodeTexts: KnownTexts = {
  "An inventory cannot be read: the file is missing, too large, or in none of the formats that are read.":
    "无法读取主机清单：文件不存在、过大，或不是支持的格式。",
  "Give a CSV, JSON or YAML file in UTF-8, and correct it at the place named.":
    "请提供 UTF-8 编码的 CSV、JSON 或 YAML 文件，并更正指出的位置。",
  "Rows of an inventory say something that cannot be, or contradict each other.":
    "主机清单中的某些行内容无效，或相互矛盾。",
  "Correct each place named; all that is wrong is told at once. The manual's page on inventories explains every column.":
    "请逐一更正指出的位置；所有错误会一次列出。手册中的主机清单页说明了每一列。",
  "The function that makes plans of an inventory gave something that is no plan, or plans that would get in each other's way.":
    "由主机清单生成计划的函数返回的不是计划，或返回的计划会相互冲突。",
  "Let it return one chain of `Migration` for each host, made from that host's own row.":
    "请让该函数为每台主机返回一条 `Migration` 链，且只使用该主机自己的那一行。",
  "A file that describes a fleet exports something else, or a policy that cannot be kept.":
    "描述批量迁移的文件导出了其他内容，或其策略无法遵守。",
  "Export `defineFleet({ inventory, plan, policy })` as the default, and correct the fields named.":
    "请将 `defineFleet({ inventory, plan, policy })` 作为默认导出，并更正指出的字段。",
};
