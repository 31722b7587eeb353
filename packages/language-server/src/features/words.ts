import { formatBytes } from "@sampan/core";
import type { Language } from "./plan-document.ts";

/** The words of lenses, hints, hovers and actions, in both languages. */
const english = {
  run: "Run",
  plan: "Plan",
  assess: "Assess",
  pipeline: "Pipeline",
  stop: "Stop",
  stopping: "Stopping…",
  resumeFrom: (verb: string) => `Resume from ${verb}`,
  runToHere: "Run to here",
  computedHost: "host computed at run time",
  notExported: "not exported: nothing runs this plan",
  runTooltip: "Run this plan; with no cloud configured it is rehearsed against the simulator",
  planTooltip: "Show what would be done, without doing it",
  assessTooltip: "Judge whether the host can be migrated; changes nothing",
  pipelineTooltip: "Show the plan as a pipeline",
  took: (duration: string) => `took ${duration}`,
  lastRunTook: (duration: string) => `The last run took ${duration}.`,
  imageNameHint: "Name the image gets when the plan names none",
  objectKeyHint: "Object the image is sent to when the plan names none",
  sizeHint: "What the last run read of the disks",
  regionHint: "Region of the image: that of the bucket",
  limits: "Limits",
  options: "Options",
  from: "On",
  to: "Gives",
  manual: "Manual",
  source: "Source",
  asOf: (date: string) => `as of ${date}`,
  defaultValue: "default",
  bucket: "Bucket",
  region: "Region",
  zone: "Zone",
  storageClass: "storage class",
  endpoint: "Endpoint",
  seenAt: (date: string) => `as the account was seen ${date}`,
  expires: (days: number) => `a lifecycle rule removes objects after ${days} days`,
  otherRegion: (here: string, wanted: string) =>
    `in ${here}; the import is in ${wanted}, and a bucket must lie in the image's region`,
  fixAll: "Fix all problems that can be fixed safely",
  suppress: (code: string) => `Ignore ${code} here`,
  ignoreLine: "Adds a comment that silences this rule at this place",
  site: { china: "China site", international: "international site" },
  openBucket: "Open the bucket in the console",
  openImage: "Open the image in the console",
  openInstance: "Open the instance in the console",
  openRun: "Show this run",
  localTime: (time: string) => `local time ${time}`,
} as const;

type Words = {
  readonly [K in keyof typeof english]: (typeof english)[K] extends (...args: infer A) => string
    ? (...args: A) => string
    : (typeof english)[K] extends string
      ? string
      : { readonly [P in keyof (typeof english)[K]]: string };
};

const chinese: Words = {
  run: "运行",
  plan: "预演",
  assess: "评估",
  pipeline: "流水线",
  stop: "停止",
  stopping: "正在停止…",
  resumeFrom: (verb) => `从 ${verb} 继续`,
  runToHere: "运行到此处",
  computedHost: "主机在运行时确定",
  notExported: "未导出:不会被运行",
  runTooltip: "运行此计划;未配置云时在模拟器中演练",
  planTooltip: "只显示将要做什么,不执行",
  assessTooltip: "判断主机能否迁移,不做任何改动",
  pipelineTooltip: "以流水线显示此计划",
  took: (duration) => `用时 ${duration}`,
  lastRunTook: (duration) => `上次运行用时 ${duration}。`,
  imageNameHint: "计划未命名时镜像的名称",
  objectKeyHint: "计划未命名时镜像上传到的对象",
  sizeHint: "上次运行从磁盘读取的数据量",
  regionHint: "镜像所在地域:与存储空间相同",
  limits: "限制",
  options: "选项",
  from: "用于",
  to: "得到",
  manual: "手册",
  source: "来源",
  asOf: (date) => `截至 ${date}`,
  defaultValue: "默认",
  bucket: "存储空间",
  region: "地域",
  zone: "可用区",
  storageClass: "存储类型",
  endpoint: "访问域名",
  seenAt: (date) => `账号信息取自 ${date}`,
  expires: (days) => `生命周期规则在 ${days} 天后删除对象`,
  otherRegion: (here, wanted) => `位于 ${here};导入在 ${wanted},存储空间须与镜像同地域`,
  fixAll: "修复所有可安全修复的问题",
  suppress: (code) => `在此处忽略 ${code}`,
  ignoreLine: "添加注释,在此处关闭这条规则",
  site: { china: "中国站", international: "国际站" },
  openBucket: "在控制台打开存储空间",
  openImage: "在控制台打开镜像",
  openInstance: "在控制台打开实例",
  openRun: "显示这次运行",
  localTime: (time) => `当地时间 ${time}`,
};

/** The words of a language. */
export function wordsOf(language: Language): Words {
  return language === "zh" ? chinese : english;
}

/** A duration in one unit, from milliseconds: `8 s`, `4 min`, `2 h 5 min`. */
export function shortDuration(milliseconds: number, language: Language = "en"): string {
  const [s, min, h] = language === "zh" ? ["秒", "分钟", "小时"] : ["s", "min", "h"];
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} ${s}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} ${min}`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} ${h}` : `${Math.floor(minutes / 60)} ${h} ${rest} ${min}`;
}

/** A rate from bytes a second: `118 MiB/s`. */
export function shortRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** Share done, rounded down so that 100 % means all of it; `undefined` while the total is unknown. */
export function percent(doneBytes: number, totalBytes: number | null): number | undefined {
  if (totalBytes === null) return undefined;
  if (totalBytes <= 0) return 100;
  return Math.max(0, Math.min(100, Math.floor((doneBytes / totalBytes) * 100)));
}
