import type { Json, JsonObject } from "@sampan/core";

/**
 * What `powershell.exe` is started with. It takes the real script from its input, so that neither the length of a line limits it nor
 * any shell between reads a word of it; `$input` is how PowerShell gives lines of redirected input to a command.
 */
export const powershellCommand =
  "$l=@($input);& ([ScriptBlock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($l[0])))) $l";

/** The line that starts PowerShell: words without any character that a shell of Windows would read. */
export const powershellLine: readonly [program: string, ...args: string[]] = [
  "powershell.exe",
  "-NoLogo",
  "-NoProfile",
  "-NonInteractive",
  "-ExecutionPolicy",
  "Bypass",
  "-EncodedCommand",
  Buffer.from(powershellCommand, "utf16le").toString("base64"),
];

/** What an answer's line begins with; what else a host prints is passed over. */
export const answerMark = "sampan-answer ";

/**
 * Surrounds a script: parameters are read, its value is written as JSON in ASCII, and what it throws as such. PowerShell 2 knows no
 * JSON, so both directions are made here. Everything is read in the invariant culture.
 */
const before = String.raw`param($l)
$ErrorActionPreference='Stop'
$ProgressPreference='SilentlyContinue'
$WarningPreference='SilentlyContinue'
$q=New-Object Collections.Queue
for($i=1;$i -lt $l.Length;$i++){$q.Enqueue([string]$l[$i])}
function Read-SampanValue {
  $x=$q.Dequeue()
  $u=$x.Substring(1)
  switch($x.Substring(0,1)) {
    's' { return [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($u)) }
    'i' { return [long]$u }
    'd' { return [double]::Parse($u,[Globalization.CultureInfo]::InvariantCulture) }
    't' { return $true }
    'f' { return $false }
    'a' {
      $a=New-Object Collections.ArrayList
      for($n=[int]$u;$n -gt 0;$n--){ [void]$a.Add((Read-SampanValue)) }
      return ,$a.ToArray()
    }
    'o' {
      $h=New-Object Collections.Hashtable ([StringComparer]::Ordinal)
      for($n=[int]$u;$n -gt 0;$n--){ $k=Read-SampanValue; $h[$k]=Read-SampanValue }
      return $h
    }
  }
  return $null
}
$o=New-Object Text.StringBuilder
$escape={ param($m) '\u{0:x4}' -f [int][char]$m.Value }
function Write-SampanText($s) {
  [void]$o.Append('"')
  if($s -cmatch '^[ !#-\[\]-~]*\z'){ [void]$o.Append($s) }
  else { [void]$o.Append([regex]::Replace($s,'[^ !#-\[\]-~]',[Text.RegularExpressions.MatchEvaluator]$escape)) }
  [void]$o.Append('"')
}
function Write-SampanValue($v,$depth) {
  if($depth -gt 16){ throw 'a value is nested too deep' }
  if($null -eq $v){ [void]$o.Append('null') }
  elseif($v -is [bool]){ if($v){[void]$o.Append('true')}else{[void]$o.Append('false')} }
  elseif($v -is [string] -or $v -is [char]){ Write-SampanText ([string]$v) }
  elseif($v -is [byte] -or $v -is [sbyte] -or $v -is [int16] -or $v -is [uint16] -or $v -is [int] -or $v -is [uint32] -or $v -is [long] -or $v -is [uint64]) {
    [void]$o.Append(([IFormattable]$v).ToString('D',[Globalization.CultureInfo]::InvariantCulture))
  }
  elseif($v -is [byte[]]){ Write-SampanText ([Convert]::ToBase64String($v)) }
  elseif($v -is [Collections.IDictionary]) {
    [void]$o.Append('{')
    $first=$true
    foreach($k in @($v.PSBase.Keys)) {
      if($first){$first=$false}else{[void]$o.Append(',')}
      Write-SampanText ([string]$k)
      [void]$o.Append(':')
      Write-SampanValue $v[$k] ($depth+1)
    }
    [void]$o.Append('}')
  }
  elseif($v -is [Collections.IEnumerable]) {
    [void]$o.Append('[')
    $first=$true
    foreach($x in $v) {
      if($first){$first=$false}else{[void]$o.Append(',')}
      Write-SampanValue $x ($depth+1)
    }
    [void]$o.Append(']')
  }
  else { Write-SampanText ([string]$v) }
}
try {
  $p=Read-SampanValue
  $r=& {
param($p)
`;
const after = `
  } $p
  Write-SampanValue @{ok=$true;value=$r} 0
} catch {
  $o.Length=0
  $e=$_.Exception
  Write-SampanValue @{ok=$false;message=[string]$e.Message;type=$e.GetType().FullName;line=$_.InvocationInfo.ScriptLineNumber} 0
}
[Console]::Out.WriteLine()
[Console]::Out.WriteLine('${answerMark}'+$o.ToString())
[Console]::Out.Flush()
exit 0
`;

/** Lines that the bootstrap reads from its input: the script, then the parameters, all ASCII. */
export function powershellInput(script: string, parameters: JsonObject): Buffer {
  const whole = Buffer.from(wholeScript(script), "utf8").toString("base64");
  return Buffer.from(`${[whole, ...valueLines(parameters)].join("\r\n")}\r\n`, "latin1");
}

/** A script as the host runs it. */
export function wholeScript(script: string): string {
  return `${before}${script}${after}`;
}

/** A value as lines: its kind, and its text in base64 or its number of members, whose lines follow. */
function valueLines(value: Json): string[] {
  if (value === null) return ["n"];
  if (typeof value === "boolean") return [value ? "t" : "f"];
  if (typeof value === "number") return [Number.isSafeInteger(value) ? `i${value}` : `d${value}`];
  if (typeof value === "string") return [textLine(value)];
  if (Array.isArray(value)) return [`a${value.length}`, ...value.flatMap((one: Json) => valueLines(one))];
  const members = Object.entries(value as JsonObject);
  return [
    `o${members.length}`,
    ...members.flatMap(([name, member]) => [textLine(name), ...valueLines(member)]),
  ];
}

function textLine(text: string): string {
  return `s${Buffer.from(text, "utf8").toString("base64")}`;
}
