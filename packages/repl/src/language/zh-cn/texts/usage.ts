import type { KnownTexts } from "../../known-texts.ts";

/** What the parser of command lines complains of, and what every command may. */
export const usageTexts: KnownTexts = {
  "language of what is said (default: SAMPAN_LANG, else that of the locale)":
    "输出语言（默认：SAMPAN_LANG，否则取决于系统区域设置）",
  "append what happens to a file, without secrets; - is stderr (default: SAMPAN_DEBUG_LOG)":
    "将执行过程追加写入文件，不含机密信息；- 表示标准错误（默认：SAMPAN_DEBUG_LOG）",
  "unknown option '{flag}'": "未知选项 {flag}",
  "unknown command '{name}'": "未知命令 {name}",
  "no command was given": "未指定命令",
  "the command line is not understood": "无法理解该命令行",
  "missing required argument '{name}'": "缺少必需的参数 {name}",
  "option '{flags}' argument missing": "选项 {flags} 缺少参数值",
  "required option '{flags}' not specified": "未指定必需的选项 {flags}",
  "option '{flags}' argument '{value}' is invalid. Allowed choices are {choices}.":
    "选项 {flags} 的取值 {value} 无效。可选值为：{choices}。",
  "option '{flags}' argument '{value}' is invalid. It takes a whole number from {min} to {max}.":
    "选项 {flags} 的取值 {value} 无效。应为 {min} 至 {max} 之间的整数。",
  "command-argument value '{value}' is invalid for argument '{name}'. Allowed choices are {choices}.":
    "参数 {name} 的取值 {value} 无效。可选值为：{choices}。",
  "too many arguments for '{name}'. Expected {expected} argument but got {received}.":
    "命令 {name} 的参数过多：应有 {expected} 个，实际为 {received} 个。",
  "too many arguments for '{name}'. Expected {expected} arguments but got {received}.":
    "命令 {name} 的参数过多：应有 {expected} 个，实际为 {received} 个。",
  "argument {number} of the command is missing": "缺少命令的第 {number} 个参数",
  "Did you mean one of {names}?": "您是否想输入以下之一：{names}？",
  "Did you mean {name}?": "您是否想输入 {name}？",
};
