import type { KnownTexts } from "../../known-texts.ts";

/** What errors of commands say to do. */
export const hintTexts: KnownTexts = {
  "There is 1 job: `:runs` lists them.": "共有 1 个任务：`:runs` 可列出。",
  "There are {number} jobs: `:runs` lists them.": "共有 {number} 个任务：`:runs` 可列出。",
  "Add --bandwidth, such as --bandwidth 100mbit.": "请加上 --bandwidth，例如 --bandwidth 100mbit。",
  "`sampan help {group}` lists its commands.": "`sampan help {group}` 列出其命令。",
  "Give the host alone.": "请只给出主机。",
  "Leave it out.": "请去掉该选项。",
  'Write --accept "GUESTOS.Virtio=booted in a test".': '请写为 --accept "GUESTOS.Virtio=已在测试中启动"。',
  "It is one of {names}.": "可选值为 {names}。",
  "Nothing was left behind. Run the command again to start anew.":
    "没有留下任何未完成的内容。再次执行该命令即可重新开始。",
  "Pass `--format vhd`, `raw` or `qcow2`.": "请指定 `--format vhd`、`raw` 或 `qcow2`。",
  "Leave it out, or pass `--format vhd`.": "请去掉该选项，或指定 `--format vhd`。",
  "Both look at file systems, of which a part would be missing. Leave them out.":
    "二者都要读取文件系统，而此时会缺少其中一部分。请去掉这些选项。",
  "Give the destination another name.": "请为目标文件另取名称。",
  "Wait for it, follow it with `sampan attach {run}`, or stop it with `sampan cancel {id}`.":
    "请等待其结束，用 `sampan attach {run}` 跟踪，或用 `sampan cancel {id}` 停止。",
  "Did you mean {names}? `sampan explain` lists Sampan's own codes.":
    "您是否想输入 {names}？`sampan explain` 会列出 Sampan 自身的错误码。",
  "`sampan prepare TARGET ID --undo` takes a preparation back.":
    "`sampan prepare TARGET ID --undo` 可撤销一次准备。",
  "Give `local://` or `ssh://root@web-01`; `sampan convert --patch` mends the copy of an image.":
    "请指定 `local://` 或 `ssh://root@web-01`；`sampan convert --patch` 可修复镜像的副本。",
  "A plan mends the copy of its disk, with `prepare()`.": "计划可以用 `prepare()` 修复其磁盘的副本。",
  "There are {ids}, the last first.": "已有 {ids}，最近的在前。",
  "Leave out --image-name: each image is named after the plan's first, with a number behind.":
    "请去掉 --image-name：每个镜像会以计划的第一个镜像命名，并在其后加上序号。",
  "Its steps are {steps}.": "其步骤为 {steps}。",
  "`sampan runs show ID --report html` writes a report.": "`sampan runs show ID --report html` 可生成报告。",
  "`sampan setup role` makes the role that imports need.": "`sampan setup role` 会创建导入所需的角色。",
  "Look at the role in the RAM console; another process may be changing it.":
    "请在 RAM 控制台查看该角色；可能有其他进程正在更改它。",
  "setup, mount, remove or status: `sampan share setup ssh://root@convert-01 /srv/images --for 192.0.2.7`.":
    "可用操作为 setup、mount、remove 或 status：`sampan share setup ssh://root@convert-01 /srv/images --for 192.0.2.7`。",
  "Give `local`, or `ssh://root@convert-01`.": "请指定 `local` 或 `ssh://root@convert-01`。",
  "`--for` takes the migrated host's address; `--for '*'` lets everybody in, as root.":
    "`--for` 为待迁移主机的地址；`--for '*'` 允许任何主机以 root 身份访问。",
  "Run `chmod 600` on it.": "请对该文件执行 `chmod 600`。",
  "Write `--password-from env:NAME`, `--password-from file:PATH`, or `--password-from ask`.":
    "请写为 `--password-from env:NAME`、`--password-from file:PATH` 或 `--password-from ask`。",
  "Choose one by --disk: {disks}.": "请用 --disk 选择一个：{disks}。",
  "Give the path of a plan file, such as web-01.migration.ts or plan.json.":
    "请指定计划文件的路径，例如 web-01.migration.ts 或 plan.json。",
  "Write the file with `sampan plan FILE --out plan.json`.":
    "请用 `sampan plan FILE --out plan.json` 生成该文件。",
  "Export the plan itself, without `.run()`; `sampan run` starts it.":
    "请导出计划本身，不要调用 `.run()`；由 `sampan run` 开始运行。",
  "Export what `Migration.from(…)` and its verbs return, an array of such, or a function returning one.":
    "请导出 `Migration.from(…)` 及其动词的返回值、由其组成的数组，或返回二者之一的函数。",
  'End the file with a plan: `export default Migration.from("./web-01.vmdk").assess()…`.':
    '请在文件末尾写上计划：`export default Migration.from("./web-01.vmdk").assess()…`。',
  "Write `export default {name};` at the end of the file.": "请在文件末尾写上 `export default {name};`。",
  "Write `export default {name};` at the end of the file, or run that one by `--plan {other}`.":
    "请在文件末尾写上 `export default {name};`，或用 `--plan {other}` 运行该计划。",
  "Give the plan's number in the file, from 1 on, or the name it is exported by.":
    "请给出计划在文件中的序号（从 1 开始），或其导出名称。",
  "Give the plan's number in the file, from 1 on.": "请给出计划在文件中的序号（从 1 开始）。",
  "Give its region by --region, where it is of another account.":
    "如果它属于其他账号，请用 --region 给出其地域。",
  "It lists {choices}.": "可列出 {choices}。",
  "Write `sampan list objects BUCKET`.": "请写为 `sampan list objects BUCKET`。",
  "Write it there as JSON, by what it is the password of; the editor asks for it.":
    "请以 JSON 形式写入，以密码所属对象为键；编辑器会询问密码。",
  'With --passwords-stdin write `{"winrm://administrator@web-01": "…"}` and end the input.':
    '使用 --passwords-stdin 时，请写入 `{"winrm://administrator@web-01": "…"}` 并结束输入。',
  "It holds one.": "其中只有一个计划。",
  "It holds {length}, counted from 1 on.": "其中有 {length} 个计划，从 1 开始计数。",
  "Plans that it exports by name: {names}.": "按名称导出的计划：{names}。",
  "It chooses among the plans of one file.": "它用于在一个文件的多个计划中选择。",
  "Install the module it imports beside the plan, or correct its name.":
    "请在计划文件旁安装其导入的模块，或更正模块名称。",
  "Correct the plan file at the place named; it runs as ordinary code when it is loaded.":
    "请更正计划文件中指出的位置；加载时它会作为普通代码运行。",
  "Leave it out. The account is chosen by --account.": "请去掉该选项。账号由 --account 选择。",
  "Pass `--yes` to go on without being asked.": "使用 `--yes` 可不经询问继续。",
  "Give the whole id; `sampan runs` lists them.": "请给出完整的 ID；`sampan runs` 可列出所有 ID。",
  "`sampan runs` lists the runs; `--home DIR` or SAMPAN_HOME says where they lie.":
    "`sampan runs` 可列出所有运行；`--home DIR` 或 SAMPAN_HOME 指定其存放位置。",
  "Allow more, or run fewer plans at once with --parallel.":
    "请提高上限，或用 --parallel 减少同时运行的计划数。",
  "Correct the line; `.help` says what can be typed.": "请更正该行；输入 `.help` 可查看帮助。",
  "Write it as 100mbit, 1gbit or 12MB/s.": "请写为 100mbit、1gbit 或 12MB/s。",
  "Write it as 90s, 30m, 1h30m or 2d; the longest is {days}d.":
    "请写为 90s、30m、1h30m 或 2d；最长为 {days}d。",
  "neither a run nor an age was given": "既未指定运行，也未指定时长",
  "runs are named, and an age too": "同时指定了运行和时长",
  "Name runs by their ids, or give --older-than 30d. `sampan fleet status --all` lists them.":
    "请按 ID 指定运行，或使用 --older-than 30d。`sampan fleet status --all` 会列出它们。",
  "`sampan fleet resume {runId}` goes on with it.": "`sampan fleet resume {runId}` 可继续该运行。",

  // What the commonest errors of commands say has happened.
  "loading {file}: there is no such file": "加载 {file}：没有该文件",
  "loading {file}: it has no default export": "加载 {file}：没有默认导出",
  "loading {file}: it has no plan {plan}": "加载 {file}：没有计划 {plan}",
  "loading {file}: it exports no plan {plan}": "加载 {file}：没有导出名为 {plan} 的计划",
  "looking for run {run} around {folder}": "在 {folder} 附近查找运行 {run}",
  "looking for run {run} in {folder}": "在 {folder} 中查找运行 {run}",
  "looking for a run that has not finished in {folder}": "在 {folder} 中查找未完成的运行",
  "opening {file}: there is no such file": "打开 {file}：没有该文件",
  "looking for credentials: no place holds any": "查找凭证：所有位置都没有",
  "explaining {code}": "解释 {code}",
  '"{text}" is no length of time': "“{text}”不是时长",
  '"{text}" is no bandwidth': "“{text}”不是带宽",
  "Plan files are named *.migration.ts, .js, .mts or .mjs; a file of another name is given by its own path.":
    "计划文件以 `*.migration.ts`、`.js`、`.mts` 或 `.mjs` 命名；其他名称的文件请直接给出路径。",
  "Give the path of a plan file, such as web-01.migration.ts, or of a folder of such.":
    "请指定计划文件（例如 web-01.migration.ts）或其所在目录的路径。",
  "`sampan check --help` shows how it is called.": "`sampan check --help` 可显示用法。",
  "Settings are {settingNames}.": "设置包括 {settingNames}。",
  "Write it as ssh://root@web-01; `sampan inspect` looks at files.":
    "请写为 ssh://root@web-01；查看文件请用 `sampan inspect`。",
  "The problems of plans are {planRules}.": "计划的问题代码有 {planRules}。",
  "Correct {name}, or unset it.": "请更正 {name}，或取消设置。",
  'Write for example `export default defineConfig({ region: "cn-shanghai" });`, or {"region": "cn-shanghai"} in JSON.':
    '例如设置地域：`export default defineConfig({ region: "cn-shanghai" });`，在 JSON 中则为 `{"region": "cn-shanghai"}`。',
  "Use one of {clouds}.": "请使用 {clouds}。",
  "There are none.": "目前没有。",
  "There are {names}.": "可用的有 {names}。",
  "`regions()` lists them.": "`regions()` 可列出所有地域。",
  "Write `:find bucket`.": "请写为 `:find bucket`。",
  "`:help` lists them.": "`:help` 可列出所有命令。",
  "Set EDITOR.": "请设置 EDITOR。",
  "Set EDITOR to an editor that is installed, and leave it without an error.":
    "请将 EDITOR 设为已安装的编辑器，并正常退出编辑器。",
  "There is {all}: `:runs` lists them.": "现有 {all}：`:runs` 可列出。",
  "There are {all}: `:runs` lists them.": "现有 {all}：`:runs` 可列出。",
  "Write `:save web-01.migration.ts`.": "请写为 `:save web-01.migration.ts`。",
  "Give another name.": "请换一个名称。",
  "Name variables that hold plans, or lists of them.": "请指定保存计划或计划列表的变量。",
  "Make one, beginning with `Migration.from(…)`, or name the variable that holds it.":
    "请以 `Migration.from(…)` 开头创建一个计划，或指定保存计划的变量。",
  "Correct the line; `:help` says what can be typed.": "请更正该行；输入 `:help` 可查看帮助。",
  "`?{query}` says what it takes.": "`?{query}` 可查看其参数。",
  "Take their right to (`chmod go-w`), or start with `--norc`.":
    "请取消他人的写权限（`chmod go-w`），或使用 `--norc` 启动。",
  "Name another file, or start with `--norc`.": "请指定其他文件，或使用 `--norc` 启动。",
  "Give one: a file, `-e CODE`, or stdin.": "请只指定一种：文件、`-e CODE` 或标准输入。",
  "Give the path of a file, or `-` for stdin.": "请指定文件路径，或用 `-` 表示标准输入。",
  "Correct the script; `sampan shell --help` says what it may hold.":
    "请更正脚本；`sampan shell --help` 说明了脚本可包含的内容。",
  "Pass `--confirm {name}` to go on without being asked; `--yes` is not enough for what cannot be taken back.":
    "使用 `--confirm {name}` 可不经询问继续；对于无法撤销的操作，仅有 `--yes` 不够。",
  "asking whether {what} may be changed: there is no terminal": "询问是否可以更改{what}：没有可用的终端",
  "asking whether {what} may be changed: there is no terminal, and the name {name} has to be typed":
    "询问是否可以更改{what}：没有可用的终端，而此操作需要输入名称 {name}",
  "asking whether {what} may be changed: there is no terminal, and the name {name} has to be typed; --confirm was given {names}":
    "询问是否可以更改{what}：没有可用的终端，而此操作需要输入名称 {name}；--confirm 给出的是 {names}",
  "asking whether {what} may be changed: the answer was no": "询问是否可以更改{what}：回答为否",
  "asking whether {what} may be changed: the answer was not {name}":
    "询问是否可以更改{what}：回答不是 {name}",
  "a real account": "真实账号",
  "a host": "主机",
  "a fleet's store": "机群的存储",
  "bucket {name}": " Bucket {name}",
};
