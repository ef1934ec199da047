// Completion for bash 3.2 and up, which needs no other package. Bash splits words at = @ and : as well and wants what
// follows the last of them only, the @ itself included, so the line is split here and answers are cut.

import { shell, singleQuoted } from './shell.ts'
import { flagRules, NO_VALUE, valueRules, wordRules, type Rule } from './rules.ts'
import type { CommandCompletion } from './script.ts'

/** Functions that answer in REPLY; zsh understands them too. */
export function ruleFunctions(table: readonly CommandCompletion[]): string {
  return [
    caseFunction('_ktrdr_words', wordRules(table)),
    caseFunction('_ktrdr_flags', flagRules(table)),
    caseFunction('_ktrdr_values', valueRules(table)),
  ].join('\n')
}

export function caseFunction(name: string, rules: readonly Rule[]): string {
  const cases = rules.map(
    ({ pattern, candidates }) => `    ${quoted(pattern)}) REPLY=${singleQuoted(candidates)} ;;`,
  )
  return `${name}() {\n  REPLY=\n  case "$1" in\n${cases.join('\n')}\n  esac\n}`
}

/** A pattern of `case`: spaces quoted, wildcards not. */
function quoted(pattern: string): string {
  return pattern === '' ? "''" : pattern.replaceAll(' ', String.raw`\ `)
}

export function bashScript(table: readonly CommandCompletion[]): string {
  return shell`# Completes ktrdr in bash. In ~/.bashrc: eval "$(ktrdr completion bash)"
${ruleFunctions(table)}
_ktrdr() {
  local line="\${COMP_LINE:0:COMP_POINT}" program="\${COMP_WORDS[0]}"
  local -a words candidates
  local cur command= flag= prefix= item word REPLY
  local -i n i=1 position=1
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  n=$(( \${#words[@]} - 1 ))
  cur=\${words[n]}
  if (( n > 2 )); then
    _ktrdr_flags "\${words[1]} \${words[2]}"
    [[ -n $REPLY ]] && command="\${words[1]} \${words[2]}" i=3
  fi
  if (( n > 1 )) && [[ -z $command ]]; then
    _ktrdr_flags "\${words[1]}"
    [[ -n $REPLY ]] && command=\${words[1]} i=2
  fi
  if [[ -z $command ]]; then
    if (( n == 1 )); then _ktrdr_words ''
    elif (( n == 2 )); then _ktrdr_words "\${words[1]}"
    else return
    fi
  else
    while (( i < n )); do
      word=\${words[i]}
      case $word in
        --*=*) ;;
        -?*)
          _ktrdr_values "$command $word"
          if [[ $REPLY != ${NO_VALUE} ]]; then
            i+=1
            (( i == n )) && flag=$word
          fi
          ;;
        *) position+=1 ;;
      esac
      i+=1
    done
    if [[ -n $flag ]]; then
      _ktrdr_values "$command $flag"
    elif [[ $cur == --*=* ]]; then
      prefix=\${cur%%=*}=
      _ktrdr_values "$command \${cur%%=*}"
      cur=\${cur#*=}
    elif [[ $cur == -* ]]; then
      _ktrdr_flags "$command"
    elif [[ $command == help && $position == 2 ]]; then
      _ktrdr_words "\${words[n-1]}"
    else
      _ktrdr_values "$command $position"
    fi
  fi
  for item in $REPLY; do
    case $item in
      ${NO_VALUE}) ;;
      @*)
        while IFS=$'\t' read -r word _; do candidates+=("$word"); done \
          < <("$program" __complete "\${item#@}" "$cur" 2>/dev/null)
        ;;
      /)
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do candidates+=("$word"); done < <(compgen -f -- "$cur")
        ;;
      *) candidates+=("$item") ;;
    esac
  done
  local typed=$prefix$cur kept=
  for item in = @ :; do
    [[ $COMP_WORDBREAKS == *$item* && $typed == *$item* ]] || continue
    word=\${typed%"\${typed##*$item}"}
    [[ $item == @ ]] && word=\${word%@}
    (( \${#word} > \${#kept} )) && kept=$word
  done
  for word in \${candidates[@]+"\${candidates[@]}"}; do
    [[ $word == "$cur"* ]] || continue
    word=$prefix$word
    COMPREPLY+=("\${word#"$kept"}")
  done
}
complete -F _ktrdr ktrdr`
}
