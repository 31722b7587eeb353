import { translationOf } from "@sampan/core";
import type { frame } from "../english/frame.ts";

export const chineseFrame = translationOf<typeof frame>()({
  "help.description":
    "将服务器以镜像方式迁移到阿里云 ECS。单独执行 `sampan` 会打开交互式 Shell；未配置云账号时，每次运行都是针对内置模拟器的演练。",
  "help.version": "显示版本号",
  "help.help": "显示帮助",
  "help.command": "显示某个命令或专题的帮助",
  "help.examples": "示例：",
  "help.exit-codes":
    "退出码：0 完成 · 1 失败 · 2 用法错误 · 3 完成但有警告 · 4 凭证问题 · 5 被检查结果阻断 · 6 已被锁定 · 124 停止等待，云上任务继续 · 130 已取消。",
  "help.topics": "专题：{topics}。",
  "help.usage": "用法：",
  "help.arguments": "参数：",
  "help.options": "选项：",
  "help.commands": "命令：",
  "help.usage-options": "[选项]",
  "help.usage-command": "[命令]",
  "help.choices": "（可选值：{choices}）",
  "error.line": "{error} {code}：{message}",
  "error.word": "错误",
  "error.meaning": "含义：{meaning}",
  "error.because": "原因：{cause}",
  "error.cloud-said": "云端错误码：{code}",
  "error.request-id": "RequestId：{id}",
  "error.try": "{try}：{hint}",
  "error.try-word": "建议",
  "error.cure": "处理方法：{cure}",
  "error.more": "更多信息：sampan explain {code}",
  "list.or": " 或 ",
  "time.s": "{s} 秒",
  "time.min": "{min} 分钟",
  "time.min-s": "{min} 分 {s} 秒",
  "time.h": "{h} 小时",
  "time.h-min": "{h} 小时 {min} 分",
});
