import type { KnownTexts } from "../../../known-texts.ts";

/** What the operating system, Node.js and OpenSSH say most often, as the cause below a sentence of ours or at its end. */
export const systemErrorTexts: KnownTexts = {
  // Files.
  "ENOENT: no such file or directory, {call} '{path}'": "没有该文件或目录（ENOENT，{call} {path}）",
  "ENOENT: no such file or directory, {call} '{path}' -> '{other}'":
    "没有该文件或目录（ENOENT，{call} {path} → {other}）",
  "EACCES: permission denied, {call} '{path}'": "权限不足（EACCES，{call} {path}）",
  "EPERM: operation not permitted, {call} '{path}'": "不允许该操作（EPERM，{call} {path}）",
  "EISDIR: illegal operation on a directory, {call}": "它是目录，不能这样操作（EISDIR，{call}）",
  "EISDIR: illegal operation on a directory, {call} '{path}'":
    "它是目录，不能这样操作（EISDIR，{call} {path}）",
  "ENOTDIR: not a directory, {call} '{path}'": "路径中有一段不是目录（ENOTDIR，{call} {path}）",
  "EEXIST: file already exists, {call} '{path}'": "文件已存在（EEXIST，{call} {path}）",
  "ENOTEMPTY: directory not empty, {call} '{path}'": "目录不为空（ENOTEMPTY，{call} {path}）",
  "EROFS: read-only file system, {call} '{path}'": "文件系统是只读的（EROFS，{call} {path}）",
  "EBUSY: resource busy or locked, {call} '{path}'": "正在使用中或已被锁定（EBUSY，{call} {path}）",
  "ENOSPC: no space left on device, {call}": "磁盘空间不足（ENOSPC，{call}）",
  "ENOSPC: no space left on device, {call} '{path}'": "磁盘空间不足（ENOSPC，{call} {path}）",
  "EDQUOT: disk quota exceeded, {call}": "超出磁盘配额（EDQUOT，{call}）",
  "EIO: i/o error, {call}": "磁盘读写错误（EIO，{call}）",
  "EMFILE: too many open files, {call} '{path}'": "打开的文件过多（EMFILE，{call} {path}）",
  "ENAMETOOLONG: name too long, {call} '{path}'": "名称过长（ENAMETOOLONG，{call} {path}）",
  "ELOOP: too many symbolic links encountered, {call} '{path}'": "符号链接过多（ELOOP，{call} {path}）",
  // Network.
  "connect ECONNREFUSED {address}": "连接 {address} 被拒绝（ECONNREFUSED）",
  "connect ETIMEDOUT {address}": "连接 {address} 超时（ETIMEDOUT）",
  "connect EHOSTUNREACH {address}": "无法到达主机 {address}（EHOSTUNREACH）",
  "connect ENETUNREACH {address}": "无法到达 {address} 所在的网络（ENETUNREACH）",
  "connect EACCES {path}": "无权连接 {path}（EACCES）",
  "connect ENOENT {path}": "没有 {path}，无法连接（ENOENT）",
  "getaddrinfo ENOTFOUND {host}": "主机名 {host} 未知（ENOTFOUND）",
  "getaddrinfo EAI_AGAIN {host}": "查询主机名 {host} 时域名服务器没有应答（EAI_AGAIN）",
  "read ECONNRESET": "连接被重置（ECONNRESET）",
  "write ECONNRESET": "连接被重置（ECONNRESET）",
  "write EPIPE": "连接已被对方关闭（EPIPE）",
  "socket hang up": "对方在应答之前关闭了连接",
  "listen EADDRINUSE: address already in use {address}": "地址 {address} 已被占用（EADDRINUSE）",
  "listen EACCES: permission denied {address}": "没有权限监听 {address}（EACCES）",
  "self-signed certificate": "证书是自签名的",
  "self-signed certificate in certificate chain": "证书链中有自签名的证书",
  "unable to verify the first certificate": "无法验证证书的签发者",
  "unable to get local issuer certificate": "找不到签发该证书的机构",
  "certificate has expired": "证书已过期",
  // Programs.
  "spawn {program} ENOENT": "没有程序 {program}（ENOENT）",
  "spawn {program} EACCES": "无权执行程序 {program}（EACCES）",
  // JSON.
  "Unexpected end of JSON input": "JSON 不完整",
  "Unexpected token '{token}', {piece} is not valid JSON": "JSON 中不应出现 `{token}`：{piece}",
  "Unexpected non-whitespace character after JSON at position {position}":
    "JSON 之后还有其他内容（位置 {position}）",
  "Expected property name or '}' in JSON at position {position}":
    "JSON 中应为属性名或 `}`（位置 {position}）",
  "Expected ',' or '}' after property value in JSON at position {position}":
    "JSON 的属性值之后应为 `,` 或 `}`（位置 {position}）",
  "Expected ',' or ']' after array element in JSON at position {position}":
    "JSON 的数组元素之后应为 `,` 或 `]`（位置 {position}）",
  "Expected double-quoted property name in JSON at position {position}":
    "JSON 的属性名须用双引号（位置 {position}）",
  "Unexpected non-whitespace character after JSON at position {position} (line {line} column {column})":
    "JSON 之后还有其他内容（第 {line} 行第 {column} 列，位置 {position}）",
  "Expected property name or '}' in JSON at position {position} (line {line} column {column})":
    "JSON 中应为属性名或 `}`（第 {line} 行第 {column} 列，位置 {position}）",
  "Expected ',' or '}' after property value in JSON at position {position} (line {line} column {column})":
    "JSON 的属性值之后应为 `,` 或 `}`（第 {line} 行第 {column} 列，位置 {position}）",
  "Expected ',' or ']' after array element in JSON at position {position} (line {line} column {column})":
    "JSON 的数组元素之后应为 `,` 或 `]`（第 {line} 行第 {column} 列，位置 {position}）",
  "Expected double-quoted property name in JSON at position {position} (line {line} column {column})":
    "JSON 的属性名须用双引号（第 {line} 行第 {column} 列，位置 {position}）",
  // The library that checks values.
  "Invalid input": "取值无效",
  "Invalid input: expected {type}": "取值无效：应为 {type}",
  "Invalid input: expected {type}, received {received}": "取值无效：应为 {type}，实际为 {received}",
  "Invalid option: expected one of {choices}": "取值无效：应为 {choices} 之一",
  "Invalid URL": "不是有效的网址",
  "Invalid string: must match pattern {pattern}": "文本无效：应符合 {pattern}",
  "Invalid number: must be a multiple of {number}": "数字无效：应为 {number} 的倍数",
  "Too small: expected {type} to be {least}": "过小：{type} 应为 {least}",
  "Too small: expected {type} to have {least} characters": "过短：{type} 应为 {least} 个字符",
  "Too small: expected {type} to have {least} items": "过少：{type} 应为 {least} 项",
  "Too big: expected {type} to be {most}": "过大：{type} 应为 {most}",
  "Too big: expected {type} to have {most} characters": "过长：{type} 应为 {most} 个字符",
  "Too big: expected {type} to have {most} items": "过多：{type} 应为 {most} 项",
  "Unrecognized key: {key}": "无法识别的名称：{key}",
  "Unrecognized keys: {names}": "无法识别的名称：{names}",
  // What ssh says of a log-in; the rest of its lines are told as they are.
  "Permission denied ({ways})": "没有权限登录（{ways}）",
  "Permission denied ({ways}).": "没有权限登录（{ways}）。",
  "Connection timed out": "连接超时",
  "Connection refused": "连接被拒绝",
  "Connection reset by peer": "连接被对方重置",
  "No route to host": "没有到达主机的路由",
  "Host key verification failed.": "主机密钥验证失败。",
  "Could not resolve hostname {host}: Name or service not known": "主机名 {host} 未知",
  "ssh: Could not resolve hostname {host}: Name or service not known": "主机名 {host} 未知",
  "ssh: Could not resolve hostname {host}: Temporary failure in name resolution":
    "查询主机名 {host} 时域名服务器没有应答",
  "ssh: connect to host {host} port {port}: Connection refused": "主机 {host} 的端口 {port} 拒绝了连接",
  "ssh: connect to host {host} port {port}: Connection timed out": "连接主机 {host} 的端口 {port} 超时",
  "ssh: connect to host {host} port {port}: No route to host": "没有到达主机 {host} 的路由（端口 {port}）",
  "ssh: connect to host {host} port {port}: Network is unreachable":
    "无法到达主机 {host} 所在的网络（端口 {port}）",
};
