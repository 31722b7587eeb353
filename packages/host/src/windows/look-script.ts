/**
 * Reads keys of the registry and files, as `$p.registry` and `$p.files` ask. What is absent, locked or denied is `null`. Names and sizes
 * are bounded here, before they travel. Changes nothing.
 */
export const lookScript = `
if($env:PROCESSOR_ARCHITEW6432){ throw 'this PowerShell has 32 bits on a Windows of 64, and sees another registry' }
$keys=New-Object Collections.ArrayList
foreach($path in $p.registry) {
  $answer=$null
  try {
    $key=[Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($path)
    if($key -ne $null) {
      $values=New-Object Collections.ArrayList
      foreach($name in $key.GetValueNames()) {
        if($values.Count -ge 2000){ break }
        $kind=[int]$key.GetValueKind($name)
        $data=$key.GetValue($name,$null,[Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
        if($kind -eq 1 -or $kind -eq 2) { $data=[string]$data; if($data.Length -gt 32768){ continue } }
        elseif($kind -eq 3) { if($data.Length -gt 32768){ continue } }
        elseif($kind -eq 7) { if($data.Length -gt 4096){ continue } }
        elseif($kind -eq 11) { $data=([long]$data).ToString() }
        elseif($kind -ne 4) { continue }
        [void]$values.Add(@{n=$name;k=$kind;d=$data})
      }
      $names=New-Object Collections.ArrayList
      foreach($name in $key.GetSubKeyNames()) { if($names.Count -lt 20000){ [void]$names.Add($name) } }
      $answer=@{values=$values;subkeys=$names}
      $key.Close()
    }
  } catch { $answer=$null }
  [void]$keys.Add($answer)
}
$files=New-Object Collections.ArrayList
foreach($question in $p.files) {
  $answer=$null
  try {
    $path=$env:SystemDrive+$question.path.Replace('/','\\')
    if($question.kind -eq 'stat') {
      if(([int][IO.File]::GetAttributes($path) -band 16) -ne 0){ $answer=@{kind='directory';size=0} }
      else { $answer=@{kind='file';size=(New-Object IO.FileInfo $path).Length} }
    }
    elseif($question.kind -eq 'list') {
      $names=New-Object Collections.ArrayList
      foreach($entry in [IO.Directory]::GetFileSystemEntries($path)) {
        if($names.Count -ge 60000){ break }
        [void]$names.Add([IO.Path]::GetFileName($entry))
      }
      $answer=@{names=$names}
    }
    elseif($question.kind -eq 'read') {
      $stream=New-Object IO.FileStream $path,([IO.FileMode]::Open),([IO.FileAccess]::Read),([IO.FileShare]7)
      try {
        $buffer=New-Object byte[] ([int][Math]::Min([long]$question.maxBytes,1048576))
        $n=$stream.Read($buffer,0,$buffer.Length)
        $answer=@{bytes=[Convert]::ToBase64String($buffer,0,$n)}
      } finally { $stream.Close() }
    }
  } catch { $answer=$null }
  [void]$files.Add($answer)
}
return @{keys=$keys;files=$files}
`;
