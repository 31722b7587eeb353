import type { KnownTexts } from "../../known-texts.ts";

/** What settings mean, and exit codes. */
export const settingTexts: KnownTexts = {
  "which cloud runs talk to, where the plan names none": "计划没有指定时，运行使用的云",
  "which profile of ~/.aliyun/config.json is used for a real account, where the plan names none":
    "计划没有指定时，真实账号使用 ~/.aliyun/config.json 中的哪个凭证配置",
  "region of calls that concern none in particular (without any: the profile's, else cn-hangzhou)":
    "与特定地域无关的调用所用的地域（未设置时：凭证配置中的地域，否则为 cn-hangzhou）",
  "folder of journals and rehearsals (without any: .sampan beside the plan)":
    "存放运行日志和演练的目录（未设置时：计划所在目录下的 `.sampan`）",
  "language of what is said to people (without any: that of the locale)":
    "显示给用户的语言（未设置时：区域设置的语言）",
  "whether the shell offers earlier inputs and says how calls are written, while one types":
    "输入时 Shell 是否建议先前的输入并提示调用的写法",
  "what all uploads of a run may send together (without any: no limit)":
    "一次运行的所有上传合计的带宽上限（未设置时：不限）",
  "how many plans run at once": "同时执行的计划数",
  "levels of the rules by which plans are checked": "检查计划所用规则的级别",
  "regions that exist for this account besides those Sampan knows":
    "除 Sampan 已知的地域外，该账号另有的地域",
  usage: "用法错误",
  "finished with warnings": "完成但有警告",
  "blocked by findings": "被检查结果阻止",
  locked: "已被锁定",
  "stopped waiting, the cloud goes on": "停止等待，云端仍在继续",
};
