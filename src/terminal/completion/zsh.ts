// Completion for zsh, with the meaning of each candidate beside it.

import { caseFunction, ruleFunctions } from './bash.ts'
import { shell } from './shell.ts'
import { meaningRules, NO_VALUE } from './rules.ts'
import type { CommandCompletion } from './script.ts'

export function zshScript(table: readonly CommandCompletion[]): string {
  return shell`#compdef ktrdr
# Completes ktrdr in zsh: a file named _ktrdr in a directory of $fpath, or: source <(ktrdr completion zsh)
${ruleFunctions(table)}
${caseFunction('_ktrdr_meaning', meaningRules(table))}
_ktrdr() {
  local cur=$words[CURRENT] command= flag= word item REPLY
  local -a candidates meanings
  local -i i=2 position=1
  if (( CURRENT > 3 )); then
    _ktrdr_flags "$words[2] $words[3]"
    [[ -n $REPLY ]] && command="$words[2] $words[3]" i=4
  fi
  if (( CURRENT > 2 )) && [[ -z $command ]]; then
    _ktrdr_flags "$words[2]"
    [[ -n $REPLY ]] && command=$words[2] i=3
  fi
  if [[ -z $command ]]; then
    if (( CURRENT == 2 )); then _ktrdr_words ''
    elif (( CURRENT == 3 )); then _ktrdr_words "$words[2]"; command=$words[2]
    else return 1
    fi
  else
    while (( i < CURRENT )); do
      word=$words[i]
      case $word in
        --*=*) ;;
        -?*)
          _ktrdr_values "$command $word"
          if [[ $REPLY != ${NO_VALUE} ]]; then
            i+=1
            (( i == CURRENT )) && flag=$word
          fi
          ;;
        *) position+=1 ;;
      esac
      i+=1
    done
    if [[ -n $flag ]]; then
      _ktrdr_values "$command $flag"
    elif [[ $cur == --*=* ]]; then
      _ktrdr_values "$command \${cur%%=*}"
      cur=\${cur#*=}
      compset -P '*='
    elif [[ $cur == -* ]]; then
      _ktrdr_flags "$command"
    elif [[ $command == help && $position == 2 ]]; then
      _ktrdr_words "$words[CURRENT-1]"
    else
      _ktrdr_values "$command $position"
    fi
  fi
  local known=$REPLY
  for item in \${=known}; do
    case $item in
      ${NO_VALUE}) ;;
      @*)
        while IFS=$'\t' read -r word item; do
          candidates+=("$word")
          meanings+=("$word\${item:+  -- $item}")
        done < <("$words[1]" __complete "\${item#@}" "$cur" 2>/dev/null)
        ;;
      /) _files ;;
      *)
        candidates+=("$item")
        _ktrdr_meaning "$command $item"
        meanings+=("$item\${REPLY:+  -- $REPLY}")
        ;;
    esac
  done
  (( $#candidates )) && compadd -l -d meanings -a -- candidates
}
if [[ $funcstack[1] == _ktrdr ]]; then _ktrdr "$@"; else compdef _ktrdr ktrdr; fi`
}
