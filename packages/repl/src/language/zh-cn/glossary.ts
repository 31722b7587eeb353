/** One term: how English says it, and what Chinese says for it. */
export interface Term {
  readonly english: string;
  readonly chinese: string;
  /** What else Chinese may say where the word stands in another connection. */
  readonly also?: readonly string[];
  /** True where the word is a verb too, which is translated as the sentence wants. */
  readonly noun?: true;
}

/**
 * The words of Sampan, and those of Alibaba Cloud as its own Chinese documents write them. A translation of a text that has the English word
 * has one of the Chinese ones; a test holds the tables to it.
 */
export const glossary: readonly Term[] = [
  { english: "Host", chinese: "主机", also: ["机器", "客户机", "虚拟化平台", "目前运行在何处"] },
  { english: "Disk", chinese: "磁盘", also: ["系统盘", "数据盘", "空间"] },
  { english: "DiskImage", chinese: "镜像文件", also: ["磁盘镜像"] },
  { english: "CloudImage", chinese: "自定义镜像", also: ["镜像"] },
  { english: "Guest", chinese: "客户机系统", also: ["客户机工具", "系统", "主机"] },
  { english: "Finding", chinese: "检查结果", also: ["问题"], noun: true },
  { english: "Rule", chinese: "规则" },
  { english: "Profile", chinese: "规则集", also: ["凭证配置", "配置文件"] },
  { english: "Fix-up", chinese: "修复项" },
  { english: "Patch", chinese: "补丁" },
  { english: "Stage", chinese: "阶段", also: ["步"] },
  { english: "Plan", chinese: "计划", noun: true },
  { english: "Run", chinese: "运行", also: ["数据段"], noun: true },
  { english: "RunEvent", chinese: "运行事件", also: ["事件"] },
  { english: "Journal", chinese: "运行日志", also: ["日志"] },
  { english: "Rehearsal", chinese: "演练" },
  { english: "Simulator", chinese: "模拟器", also: ["模拟"] },
  { english: "Snapshot", chinese: "快照" },
  { english: "Region", chinese: "地域", also: ["区域", "引导区"] },
  { english: "Zone", chinese: "可用区" },
  { english: "Instance", chinese: "实例", noun: true },
  { english: "Bucket", chinese: "Bucket" },
  { english: "Account", chinese: "账号", also: ["账户"] },
  { english: "Credentials", chinese: "凭证" },
  { english: "Security group", chinese: "安全组" },
  { english: "Partition", chinese: "分区" },
  { english: "File system", chinese: "文件系统" },
  { english: "Quota", chinese: "配额", also: ["quota"] },
  { english: "Permission", chinese: "权限" },
];
