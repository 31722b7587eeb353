import { translationOf } from "@sampan/core";
import type { check } from "../english/check.ts";

export const chineseCheck = translationOf<typeof check>()({
  "check.fix-word": "修复方法",
  "check.fix": "{fix}：{title}",
  "check.safe-fix": "{fix}：{title}（可由 --fix 完成）",
  "check.errors": "{errors} 个错误",
  "check.warnings": "{warnings} 个警告",
  "check.notes": "{notes} 个提示",
  "check.watching": "正在监视；按 Ctrl+C 结束",
  "check.reads-typed": "正在读取此处输入的计划；按 Ctrl+D 结束",
  "check.reads-pipe": "正在读取管道 {file}：直到有程序写入并关闭它",
  "check.none": "未发现问题",
  "check.summary": "{files} 个文件中的 {plans} 个计划：{problems}",
  "check.changes": "已更改 {changes} 处",
  "check.mendable": "{problems} 个问题可由 --fix 修复",
  "check.hints": "{places} 处只有在计划运行时才能确定",
});
