import type { KnownTexts } from "../../../known-texts.ts";

/** What the errors of plans and runs say. */
export const sdkErrorTexts: KnownTexts = {
  "SAMPAN_SIMULATOR is {endpoint}, which is no http address":
    "SAMPAN_SIMULATOR 为 {endpoint}，不是 HTTP 地址",
  "Use the endpoint that `sampan simulator` prints, such as http://localhost:40123.":
    "请使用 `sampan simulator` 打印的 Endpoint，例如 http://localhost:40123。",
  "on request": "按要求",
  "taking run {runId} up": "接手运行 {runId}",
  "deleting what run {runId} left": "删除运行 {runId} 留下的内容",
  "it goes on in the fleet of {to}": "它已在 {to} 的机群中继续",
  "`sampan fleet status`, `sampan fleet cancel {runId}` and `sampan fleet resume {runId}` with that store and prefix are for it; where it is lost there, `sampan fleet adopt {runId} --lost` takes it from where this machine left it.":
    "请使用该存储和前缀执行 `sampan fleet status`、`sampan fleet cancel {runId}` 和 `sampan fleet resume {runId}`；若存储中已没有它，`sampan fleet adopt {runId} --lost` 会从本机停下之处接手。",
  "the simulator has no endpoint": "模拟器没有 Endpoint",
  "{source} is not what it was planned for at {lookedAt}": "{source} 已不是在 {lookedAt} 制定计划时的样子",
  "{source} is not what it was planned for at it was written": "{source} 已不是写出计划时的样子",
  "its version is {version}, and this program knows 1": "其版本为 {version}，而本程序只识别版本 1",
  "its version is not given, and this program knows 1": "没有给出版本，而本程序只识别版本 1",
  "it is not as it was written": "它已不是写出时的样子",
  "it was edited since it was written": "写出之后被编辑过",
  "the plan in it is another": "其中的计划已不同",
  "the plan {fingerprint} in it is another": "其中的计划 {fingerprint} 已不同",
  "keeping the names of an account": "缓存账号中的资源名称",
  "not valid": "无效",
  "reading a plan": "读取计划",
  'Plans hold no secrets: leave it out, and say where it is found, such as `passwordFrom: { env: "NAME" }`.':
    '计划中不存放机密信息：请去掉它，并指明其来源，例如 `passwordFrom: { env: "NAME" }`。',
  "an artifact cannot be called {name}": "产物不能命名为 {name}",
  "starting a run with a deadline of {deadlineMs} ms": "以 {deadlineMs} 毫秒的时限开始运行",
  "`deadlineMs` is how long to wait, in milliseconds, and more than 0.":
    "`deadlineMs` 是等待的时长，单位为毫秒，且大于 0。",
  "stopped waiting for {title} after {deadlineMs}": "等待 {title} 已超过 {deadlineMs}，不再等待",
  "what the cloud was asked to do goes on there": "已交给云端的操作会在云端继续",
  "stopped following run {runId} after {deadlineMs}": "跟踪运行 {runId} 已超过 {deadlineMs}，不再跟踪",
  "it has not ended, and goes on": "该运行没有结束，仍在继续",
  "`sampan attach {runId}` follows it again.": "执行 `sampan attach {runId}` 可再次跟踪。",
  "stopped following run {runId}, which goes on": "已停止跟踪运行 {runId}，该运行仍在继续",
  "`sampan attach {runId}` follows it again, `sampan cancel {runId2}` stops it.":
    "执行 `sampan attach {runId}` 可再次跟踪，执行 `sampan cancel {runId2}` 可停止。",
  "starting a run both as a refresh and all anew": "开始运行时同时要求增量刷新和全部重新开始",
  "only one is possible": "只能选择其一",
  "A refresh keeps what did not change; `again` reuses nothing.":
    "增量刷新会保留没有变化的内容；`again` 则什么也不复用。",
  "starting a run with the image name {imageName}": "以镜像名称 {imageName} 开始运行",
  "only a refresh takes one": "只有增量刷新接受镜像名称",
  "Name the image in the plan: `import({ name })`.": "请在计划中为镜像命名：`import({ name })`。",
  "{runId} cannot be the id of a run": "{runId} 不能作为运行的 ID",
  "run {runId} was started with another plan": "运行 {runId} 是以另一个计划开始的",
  "Start a new run for a changed plan.": "请为更改后的计划开始新的运行。",
  "opening the journal {journalName}": "打开运行日志 {journalName}",
  "writing the journal {journalName}": "写入运行日志 {journalName}",
  "making the run's folder {folder}": "创建运行的目录 {folder}",
  "locking host {source} at {path}": "在 {path} 锁定主机 {source}",
  "locking run {runId} at {path}": "在 {path} 锁定运行 {runId}",
  "The disk is full: free space there; then go on with `sampan resume`.":
    "磁盘已满：请腾出空间，然后执行 `sampan resume` 继续。",
  "The quota is used up: free space there; then go on with `sampan resume`.":
    "配额已用尽：请腾出空间，然后执行 `sampan resume` 继续。",
  "The file system is read-only: mount it writable, or keep runs elsewhere by `--home` or SAMPAN_HOME; then go on with `sampan resume`.":
    "文件系统是只读的：请以可写方式挂载，或用 `--home` 或 SAMPAN_HOME 将运行存放在其他位置；然后执行 `sampan resume` 继续。",
  "Its permissions do not allow it: let this user write there; then go on with `sampan resume`.":
    "权限不足：请允许当前用户写入该处，然后执行 `sampan resume` 继续。",
  "Something removed or moved the run's folder: put it back; then go on with `sampan resume`.":
    "运行的目录已被删除或移动：请将其恢复，然后执行 `sampan resume` 继续。",
  "The disk reports errors: look at the system's log and mend it; then go on with `sampan resume`.":
    "磁盘报告了错误：请查看系统日志并修复磁盘，然后执行 `sampan resume` 继续。",
  "reading the journal in {folder}": "读取 {folder} 中的运行日志",
  "reading line {number} of the journal in {folder}": "读取 {folder} 中运行日志的第 {number} 行",
  "it is no event of version {eventVersion}": "不是版本 {eventVersion} 的事件",
  "reading the disks of {source}": "读取 {source} 的磁盘",
  "an instance's disks stay in the cloud": "实例的磁盘保留在云内",
  "Take them by `snapshot` and `createImage`.": "请用 `snapshot` 和 `createImage` 获取。",
  "opening {source}, which wants a password": "打开 {source}：需要密码",
  'Say where it is found: `passwordFrom: { env: "NAME" }` in a plan, `--password-from env:NAME` for a command.':
    '请指明密码的来源：在计划中写 `passwordFrom: { env: "NAME" }`，在命令中用 `--password-from env:NAME`。',
  "host {source} could not be locked": "无法锁定主机 {source}",
  "others keep taking it": "总有其他进程先占用",
  "run {runId} could not be locked": "无法锁定运行 {runId}",
  "host {source} is being worked on by process {pid}": "进程 {pid} 正在处理主机 {source}",
  "host {source} is being worked on by run {runId} in process {pid}":
    "进程 {pid} 中的运行 {runId} 正在处理主机 {source}",
  "run {runId} is being worked on by process {pid}": "进程 {pid} 正在处理运行 {runId}",
  "run {runId} is being worked on by run {runId2} in process {pid}":
    "进程 {pid} 中的运行 {runId2} 正在处理运行 {runId}",
  "`sampan attach {runId}` follows it, `sampan cancel {runId2}` stops it.":
    "执行 `sampan attach {runId}` 可跟踪，执行 `sampan cancel {runId2}` 可停止。",
  "there is no terminal to ask at": "没有可用于询问的终端",
  "taking the password of {forWhat} from the environment": "从环境变量读取 {forWhat} 的密码",
  "{env} is not set": "没有设置 {env}",
  "taking the password of {forWhat} from {path}": "从 {path} 读取 {forWhat} 的密码",
  "its first line is empty": "第一行为空",
  "it cannot be read ({code})": "无法读取（{code}）",
  "it cannot be read (an error)": "无法读取（错误）",
  "refreshing the plan of {source}": "刷新 {source} 的计划",
  "it uploads nothing": "该计划不上传任何内容",
  "Only what was uploaded can be refreshed. Leave out `refresh`, or add `upload` to the plan.":
    "只能刷新已上传的内容。请去掉 `refresh`，或在计划中加上 `upload`。",
  "no run of it is in {home}": "{home} 中没有该计划的运行",
  "Run it once without `refresh`, for the first copy; services may go on meanwhile.":
    "请先不带 `refresh` 运行一次，以得到第一份副本；其间服务可以照常工作。",
  "refreshing the plan of {source} as {imageName}": "以 {imageName} 刷新 {source} 的计划",
  "run {last}, which is gone on with, makes {imageName2}": "将要继续的运行 {last} 创建的是 {imageName2}",
  "run {last}, which is gone on with, makes an image of the plan's name":
    "将要继续的运行 {last} 创建的镜像采用计划中的名称",
  "Leave out the image name, or start anew with `again`.": "请去掉镜像名称，或用 `again` 重新开始。",
  "the plan has no stage {through}": "计划没有阶段 {through}",
  "Its stages are {keys}.": "其阶段为 {keys}。",
  "running {parallel} plans at once": "同时运行 {parallel} 个计划",
  "1 to {value} are possible": "可为 1 至 {value} 个",
  "reading whom to trust with {forWhat} from {path}": "从 {path} 读取 {forWhat} 所信任的证书",
  "it is longer than 1 MiB": "大小超过 1 MiB",
  "it holds no certificate": "其中没有证书",
  "Give a file of certificates as PEM, which begins with -----BEGIN CERTIFICATE-----.":
    "请指定 PEM 格式的证书文件，其开头为 `-----BEGIN CERTIFICATE-----`。",
  "running a command as root on {title}": "在 {title} 上以 root 身份执行命令",
  'the user is not root, and the source says `sudo: "never"`':
    '登录用户不是 root，而来源指定了 `sudo: "never"`',
  "building {name} in {region}": "在 {region} 构建 {name}",
  "Image Builder takes no i386": "Image Builder 不接受 i386",
  'Import it by `strategy: "import-image"`.': '请用 `strategy: "import-image"` 导入。',
  "looking for the system disk among none": "没有磁盘，因此找不到系统盘",
  "capturing disk {name} of {source}": "捕获 {source} 的磁盘 {name}",
  "Its disks are {name}.": "其磁盘为 {name}。",
  "capturing {source} by {tool}": "用 {tool} 捕获 {source}",
  "no tool is run on that kind of host": "这类主机上不运行任何工具",
  "Leave the tool out.": "请去掉该工具。",
  "reading {path}, which {tool} wrote of {name}": "读取 {tool} 为 {name} 写出的 {path}",
  "it is not as large as the disk": "其大小与磁盘不同",
  "capturing into a share": "捕获到共享目录",
  "{folder} on this machine cannot be written to ({code})": "无法写入本机的 {folder}（{code}）",
  "`share.here` is the shared folder as this machine has it, which needs rights to it.":
    "`share.here` 是共享目录在本机的路径，需要有访问权限。",
  'Free space in the volume group, or choose: `capture({ consistency: "freeze" })` stops all writing on the host until the disk is read; `"none"` reads it while it changes, as after a power cut. The command takes `--consistency`.':
    '请在卷组中腾出空间，或作出选择：`capture({ consistency: "freeze" })` 会停止主机上的所有写入，直至读完磁盘；`"none"` 则在磁盘变化时读取，结果如同断电之后。命令可用 `--consistency` 指定。',
  'accepting findings of "{id}", which is no rule for instances':
    "接受 {id} 的检查结果：它不是适用于实例的规则",
  "Rules for instances are {ids}.": "适用于实例的规则为 {ids}。",
  "launching in {region}": "在 {region} 启动实例",
  "the plan has an image in {region2} only": "计划只在 {region2} 有镜像",
  "launching in no region": "没有可启动实例的地域",
  "An image is launched where it is: add `.copyTo({region})` before `launch`.":
    "镜像只能在其所在地域启动实例：请在 `launch` 之前加上 `.copyTo({region})`。",
  "the layout {name} of run {runId} is missing": "缺少运行 {runId} 的布局 {name}",
  "the layout {name} of run {runId} is damaged": "运行 {runId} 的布局 {name} 已损坏",
  "reading disk {name} of {title} as it was at a moment": "读取 {title} 的磁盘 {name} 在某一时间点的内容",
  "it is no machine that runs any more": "该机器已不再运行",
  "This run cannot go on. `sampan run PLAN --again` takes the disk as it is then; `sampan gc {runId}` deletes what was sent of this moment.":
    "该运行无法继续。执行 `sampan run PLAN --again` 会按当时的状态重新读取磁盘；执行 `sampan gc {runId}` 会删除已发送的该时间点的内容。",
  "the overlay {overlay} of run {runId} is missing": "缺少运行 {runId} 的覆盖层 {overlay}",
  "preparing {source} itself": "准备 {source} 本身",
  "Prepare the copy, with `prepare()`.": "请用 `prepare()` 准备副本。",
  "checking shareWith": "检查 `shareWith`",
  "the plan names {accounts} accounts, and an image is shared with {sharesPerImage} at most":
    "计划指定了 {accounts} 个账号，而一个镜像最多共享给 {sharesPerImage} 个",
  "Share with fewer accounts, or make an image more.": "请共享给更少的账号，或再创建一个镜像。",
  "{title} changed since run {runId} of this plan was finished":
    "该计划的运行 {runId} 完成之后，{title} 发生了变化",
  "`sampan run PLAN --refresh` reads it anew, sends only what changed of an upload, and makes an image with a name of its own; `--again` does all anew, which needs another image name in the plan where the image is there already.":
    "执行 `sampan run PLAN --refresh` 会重新读取，只上传变化的部分，并以另外的名称创建镜像；`--again` 则全部重新执行，若镜像已存在，须在计划中换一个镜像名称。",
  "verifying {instanceId} in {region}": "验证 {region} 的 {instanceId}",
  "its console shows that it does not boot": "其控制台显示没有启动成功",
  "its console {found}": "控制台显示：{found}",
  "keeping the names of an account: {why}, in {path}": "保存账号的名称：{why}，位于 {path}",
  "an error": "错误",
  "{title} changed since run {runId} of this plan was finished: {why}":
    "该计划的运行 {runId} 完成之后，{title} 发生了变化：{why}",
  "{source} is not what it was planned for at {when}: {why}":
    "{source} 已不是在 {when} 制定计划时的样子：{why}",
  "{source} is not what it was planned for at it was written: {why}":
    "{source} 已不是写出计划时的样子：{why}",
};
