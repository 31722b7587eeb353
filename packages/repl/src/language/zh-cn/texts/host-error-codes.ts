import type { KnownTexts } from "../../known-texts.ts";

/** Meanings and cures of the error codes of hosts. */
export const hostErrorCodeTexts: KnownTexts = {
  "The source given to `Migration.from` cannot be understood.": "无法理解传给 `Migration.from` 的迁移源。",
  'Give the path of a disk image, for example `Migration.from("./web-01.vmdk")`.':
    '请提供磁盘镜像文件的路径，例如 `Migration.from("./web-01.vmdk")`。',
  "This kind of host cannot be read by this version of Sampan.": "当前版本的 Sampan 无法读取这类主机。",
  "Export the host's disk to an image file and give its path.": "将主机的磁盘导出为镜像文件，并提供其路径。",
  "The host has no disk by that name.": "主机上没有该名称的磁盘。",
  "Take one of the disks that the message names, or name none for the system disk.":
    "请从消息列出的磁盘中选择一个，或不指定以使用系统盘。",
  "The source disk changed since the run read it, so parts already sent no longer match it; the error says what changed.":
    "自运行读取源磁盘后，源磁盘发生了变化，已发送的分片与之不再一致；错误信息说明了变化之处。",
  "`sampan run PLAN --refresh` starts a run that keeps what did not change; `--again` does all anew. The old run cannot go on.":
    "`sampan run PLAN --refresh` 会开始新的运行并保留未变化的部分；`--again` 则全部重做。旧的运行无法继续。",
  "The command needs the rights of root, and this user does not get them.":
    "该命令需要 root 权限，而此用户无法获得。",
  "Log in as root, or allow the user `sudo`; where that asks for a password, say where to find it.":
    "请以 root 登录，或允许该用户使用 `sudo`；如果 sudo 需要密码，请说明密码的来源。",
  "A command on the host did not end in time.": "主机上的命令未在规定时间内结束。",
  "Look at the host: a disk that hangs, or a load that is too high.":
    "请检查主机：磁盘是否无响应，或负载是否过高。",
  "A command on the host said far more than it should.": "主机上的命令输出远多于应有的内容。",
  "Check that the host is what you take it for.": "请确认该主机确实是您要操作的主机。",
  "A program that is needed is not installed.": "缺少所需的程序。",
  "Install it; `sampan doctor` and `sampan tools` say what is there.":
    "请安装该程序；`sampan doctor` 和 `sampan tools` 会列出已有的程序。",
  "The hypervisor has no virtual machine of that name, or more than one.":
    "虚拟化平台上没有该名称的虚拟机，或有多个同名虚拟机。",
  "The message says which there are; a machine's number or its file names it without doubt.":
    "错误信息中列出了已有的虚拟机；使用虚拟机编号或其文件可以明确指定。",
  "The disk belongs to a virtual machine that runs or is suspended, and nobody else may read it.":
    "该磁盘属于正在运行或已挂起的虚拟机，其他程序无法读取。",
  'Capture it with `consistency: "snapshot"`, or switch the machine off.':
    '使用 `consistency: "snapshot"` 捕获，或关闭该虚拟机。',
  "No disk of the host could be told to hold its root file system.":
    "无法判断主机的哪个磁盘存放其根文件系统。",
  "The message says where `/` lies. Capture its disk where it is exported, or name a disk image.":
    "错误信息说明了 `/` 所在的位置。请在导出该磁盘的地方捕获，或提供磁盘镜像文件。",
  "The web server gives files only as a whole, and a disk is read in pieces.":
    "该 Web 服务器只能提供整个文件，而磁盘需要分段读取。",
  "Download the image and give its path, or serve it by a web server that answers Range requests.":
    "请下载镜像文件后提供其路径，或改用支持 Range 请求的 Web 服务器。",
  "The server's certificate is not one of a trusted authority, or is for another name.":
    "服务器证书不是由受信任的机构签发，或证书中的名称不符。",
  "Give the certificate of the server's authority with `caFile` in a plan, `--ca-file` of a command, and use the name the certificate is for.":
    "用 `caFile`（计划）或 `--ca-file`（命令）提供服务器证书签发机构的证书，并使用证书中的名称访问。",
  "The password of a host was not found where the plan says it is.": "在计划指定的位置没有找到主机密码。",
  'Set the variable or write the file that `passwordFrom` names, or run in a terminal with `passwordFrom: "ask"`.':
    '设置 `passwordFrom` 指定的环境变量或写入其指定的文件，或在终端中使用 `passwordFrom: "ask"`。',
  "No snapshot can be made of this disk: it has no logical volumes, or their group has no space left.":
    "无法为该磁盘创建快照：没有逻辑卷，或卷组没有剩余空间。",
  'Free space in the volume group, or take `consistency: "freeze"` or `"none"`.':
    '在卷组中释放空间，或使用 `consistency: "freeze"` 或 `"none"`。',
  "The host has let go of the moment that was being read: nothing was heard of us for too long, or it was restarted.":
    "主机已释放正在读取的时间点：过久没有收到我们的续约，或主机已重启。",
  "Start a new run: what was read belongs to a moment that is gone.":
    "请开始新的运行：已读取的内容属于一个已不存在的时间点。",
  "The tool that was chosen cannot do this, or not on this system, or only by hand.":
    "所选工具无法完成此操作，或不支持该系统，或只能手工使用。",
  "The message says why; `sampan tools` lists what each is for. Without a tool Sampan does it by itself.":
    "错误信息说明了原因；`sampan tools` 列出每个工具的用途。不使用工具时由 Sampan 自行完成。",
  "The tool runs only for who accepts its licence, which Sampan never does for anybody.":
    "该工具要求使用者接受其许可协议，Sampan 绝不代任何人接受。",
  "Read the licence at the tool's page; when you accept it, say so with `acceptLicence: true`.":
    "请在工具页面阅读许可协议；如果接受，请设置 `acceptLicence: true`。",
  "The tool ended with an error.": "工具以错误结束。",
  "The message says what it said; mend that, or let Sampan do it by itself.":
    "错误信息包含工具的输出；请修复该问题，或让 Sampan 自行完成。",
  "A command on the host failed.": "主机上的命令执行失败。",
  "The message says what the command said; mend that and try again.":
    "错误信息包含该命令的输出；修复后重试。",
  "The host answers WinRM only in a way that would leave messages open to be read or changed.":
    "主机的 WinRM 只接受会使消息被窃听或篡改的连接方式。",
  "Allow Negotiate with NTLM on the host, or give it a certificate and take `winrms://`.":
    "在主机上允许 Negotiate（NTLM），或为其配置证书并使用 `winrms://`。",
  "The user is no administrator of the Windows host, or UAC takes an administrator's rights away.":
    "该用户不是 Windows 主机的管理员，或 UAC 限制了管理员权限。",
  "Take the built-in Administrator or a domain's administrator; for other local ones set LocalAccountTokenFilterPolicy to 1.":
    "使用内置 Administrator 或域管理员；对其他本地管理员，请将 LocalAccountTokenFilterPolicy 设置为 1。",
  "A script of PowerShell ended in an error on a Windows host.": "Windows 主机上的 PowerShell 脚本执行出错。",
  "The message says what Windows said; mend that and try again.": "错误信息包含 Windows 的输出；修复后重试。",
  "More was written on the host than its snapshot holds, so that the snapshot is void.":
    "主机上写入的数据超过了快照的容量，快照已失效。",
  "Give the snapshot more space with `snapshotBytes`, or capture at a quieter time.":
    "用 `snapshotBytes` 为快照分配更多空间，或在业务低峰期捕获。",
  "The host's file systems cannot be frozen.": "无法冻结主机的文件系统。",
  'Take `consistency: "snapshot"` where there are logical volumes, or `"none"`.':
    '有逻辑卷时使用 `consistency: "snapshot"`，否则使用 `"none"`。',
  "Something that was made on the host to hold a moment could not be removed.":
    "为保持时间点而在主机上创建的内容无法删除。",
  "Look at the host: what is named is still in use. `sampan gc` tries again.":
    "请检查主机：错误信息中的内容仍在使用。`sampan gc` 会再次尝试删除。",
  "No connection to the host came about: its name is unknown, nothing answers, or it refuses connections.":
    "无法连接主机：主机名未知、没有应答，或拒绝连接。",
  "Try the same with `ssh USER@HOST true`; what works there works here.":
    "先用 `ssh USER@HOST true` 测试；能连通的方式在这里同样可用。",
  "The host's key is not known, or not the one that is known: it may be another machine.":
    "主机密钥未知，或与已记录的不一致：可能是另一台机器。",
  "Compare the key's fingerprint with the host's own, then add it with `ssh HOST` or `ssh-keyscan`.":
    "将密钥指纹与主机自身的指纹核对，然后用 `ssh HOST` 或 `ssh-keyscan` 添加。",
  "The host refuses this user: no key or password it takes.": "主机拒绝该用户登录：没有可接受的密钥或密码。",
  "Add a key with `ssh-copy-id USER@HOST`, or start an agent that holds one.":
    "用 `ssh-copy-id USER@HOST` 添加密钥，或启动持有密钥的 ssh-agent。",
  "The connection to the host ended while it was in use.": "使用过程中与主机的连接中断。",
  "`sampan resume` goes on where it stopped once the host answers again.":
    "主机恢复响应后，执行 `sampan resume` 可从停止处继续。",
  "A command on the host answered something that cannot be understood.": "主机上的命令返回了无法理解的内容。",
  "Check what its login scripts print: nothing may be printed for sessions without a terminal.":
    "检查登录脚本的输出：对没有终端的会话不应输出任何内容。",
  "A folder, name, client or mount point cannot be used for a share.":
    "目录、名称、客户端或挂载点不能用于共享。",
  "The message says what is wrong with it; `sampan share --help` has examples.":
    "错误信息说明了问题所在；`sampan share --help` 中有示例。",
  "The host cannot share or mount this as it is; nothing was changed.":
    "主机在当前状态下无法共享或挂载；未做任何更改。",
  "The message names each step that is refused; `--install` installs missing packages.":
    "错误信息列出了每个被拒绝的步骤；`--install` 可安装缺少的软件包。",
  "A step of preparing or removing a share failed on the host. What was made by a set-up that failed is taken back.":
    "主机上准备或撤销共享的某一步失败。失败的设置过程所创建的内容已被撤销。",
  "The message says what the host said; mend that and try again: what is done already stays as it is.":
    "错误信息包含主机的输出；修复后重试，已完成的部分会保持不变。",
  "The host's record has no share or mount by that name.": "主机的记录中没有该名称的共享或挂载。",
  "`sampan share status TARGET` lists what Sampan made there.":
    "`sampan share status TARGET` 可列出 Sampan 在该主机上创建的内容。",
  "A disk could not be copied into a share by dd; no unfinished file is left.":
    "无法用 dd 将磁盘复制到共享中；没有留下未完成的文件。",
  "The message says what dd said: look at the space of the share, the file's name, and the disk.":
    "错误信息包含 dd 的输出：请检查共享的空间、文件名和磁盘。",
  "The host cannot be prepared safely; nothing was changed.": "无法安全地对主机做迁移准备；未做任何更改。",
  "Prepare the copy instead, with `prepare()`, or mend by hand what the message names.":
    "改为用 `prepare()` 准备副本，或手工修复错误信息中指出的问题。",
  "Preparing the host, or taking that back, failed.": "准备主机或撤销准备失败。",
  "The message says what the host said. What was changed is taken back, or the message names the script that does it.":
    "错误信息包含主机的输出。所做更改已被撤销，否则错误信息会指出用于撤销的脚本。",
  "A file of the host was changed by someone else between being read and being written; it was left as it is.":
    "主机上的某个文件在读取之后、写入之前被他人修改；该文件保持原样。",
  "Try again; the new content is looked at first.": "请重试；会先查看新的内容。",
  "A configuration file of the host cannot be read, or not be replaced.":
    "主机的某个配置文件无法读取或无法替换。",
  "Look at the file on the host: its file system may be read-only or full, or the file mounted from elsewhere.":
    "请检查主机上的该文件：文件系统可能只读或已满，或该文件是从别处挂载的。",
  "The host cannot read a part of its disk, or may not.": "主机无法读取或无权读取磁盘的某一部分。",
  "Look at the host's kernel log (`dmesg`): the disk may be failing. Rights on it are root's.":
    "查看主机的内核日志（`dmesg`）：磁盘可能有故障。读取磁盘需要 root 权限。",
  "A disk of the host ends before the size it said it has.": "主机的磁盘比其声明的大小更早结束。",
  "Look at the host: the disk may have been made smaller, or its snapshot removed.":
    "请检查主机：磁盘可能已被缩小，或其快照已被删除。",
};
