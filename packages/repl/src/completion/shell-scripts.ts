/*
 * What `sampan completion` prints. Each script hands the words typed so far to `sampan complete`, whose first line says
 * whether the shell adds paths, and whose others are candidates: a word, a tab, what it stands for.
 */

const bash = `# sampan: completion for bash
_sampan() {
  local line paths="" current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$paths" ]; then paths=$line
    else COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(sampan complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case $paths in
    files | folders)
      local flag=-f
      [ "$paths" = folders ] && flag=-d
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$flag" -- "$current")
      compopt -o filenames 2>/dev/null
      ;;
  esac
}
complete -F _sampan sampan
`;

const zsh = `#compdef sampan
# sampan: completion for zsh
_sampan() {
  local -a lines values
  local paths line
  lines=("\${(@f)$(sampan complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  paths=$lines[1]
  shift lines
  for line in $lines; do values+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}"); done
  (( $#values )) && _describe -V sampan values
  case $paths in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
compdef _sampan sampan
`;

const fish = `# sampan: completion for fish
function __sampan_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lines (sampan complete -- $words[2..-1] "$current" 2>/dev/null)
  for line in $lines[2..-1]
    echo $line
  end
  switch "$lines[1]"
    case files
      __fish_complete_path "$current"
    case folders
      __fish_complete_directories "$current" ""
  end
end
complete -c sampan -f -a "(__sampan_complete)"
`;

const pwsh = `# sampan: completion for PowerShell
Register-ArgumentCompleter -Native -CommandName sampan -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  # An empty word is lost on its way to a program.
  $lines = if ($wordToComplete -eq '') { sampan complete --next -- @words } else { sampan complete -- @words }
  $paths, $candidates = @($lines)
  foreach ($candidate in $candidates) {
    $value, $summary = $candidate -split "\`t", 2
    if (-not $summary) { $summary = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $summary)
  }
  if ($paths -ne 'none') { [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete) }
}
`;

/** The script that teaches each shell to complete `sampan`. */
export const shellScripts: Readonly<Record<string, string>> = { bash, zsh, fish, pwsh };
