// Completion for fish 3 and up, with the meaning of each candidate beside it.

import { shell, singleQuoted } from './shell.ts'
import { flagRules, meaningRules, NO_VALUE, valueRules, wordRules, type Rule } from './rules.ts'
import type { CommandCompletion } from './script.ts'

export function fishScript(table: readonly CommandCompletion[]): string {
  return shell`# Completes ktrdr in fish: ktrdr completion fish >~/.config/fish/completions/ktrdr.fish
${switchFunction('__ktrdr_words', wordRules(table))}
${switchFunction('__ktrdr_flags', flagRules(table))}
${switchFunction('__ktrdr_values', valueRules(table))}
${switchFunction('__ktrdr_meaning', meaningRules(table))}
function __ktrdr_complete
    set -l words (commandline -opc)
    set -l cur (commandline -ct)
    set -l count (count $words)
    set -l command ''
    set -l flag ''
    set -l prefix ''
    set -l position 1
    set -l i 2
    if test $count -gt 2; and test -n "$(__ktrdr_flags "$words[2] $words[3]")"
        set command "$words[2] $words[3]"
        set i 4
    else if test $count -gt 1; and test -n "$(__ktrdr_flags "$words[2]")"
        set command "$words[2]"
        set i 3
    end
    set -l known
    if test -z "$command"
        if test $count -eq 1
            set known (__ktrdr_words '')
        else if test $count -eq 2
            set command "$words[2]"
            set known (__ktrdr_words "$command")
        end
    else
        while test $i -le $count
            set -l word $words[$i]
            if string match -q -- '--*=*' "$word"
            else if string match -q -- '-?*' "$word"
                if test "$(__ktrdr_values "$command $word")" != '${NO_VALUE}'
                    set i (math $i + 1)
                    test $i -gt $count; and set flag $word
                end
            else
                set position (math $position + 1)
            end
            set i (math $i + 1)
        end
        if test -n "$flag"
            set known (__ktrdr_values "$command $flag")
        else if string match -q -- '--*=*' "$cur"
            set flag (string replace -r '=.*' '' -- "$cur")
            set prefix "$flag="
            set cur (string replace -r '^[^=]*=' '' -- "$cur")
            set known (__ktrdr_values "$command $flag")
        else if string match -q -- '-*' "$cur"
            set known (__ktrdr_flags "$command")
        else if test "$command $position" = 'help 2'
            set known (__ktrdr_words "$words[-1]")
        else
            set known (__ktrdr_values "$command $position")
        end
    end
    for item in (string split -n ' ' -- "$known")
        switch $item
            case '${NO_VALUE}'
            case '@*'
                for line in ($words[1] __complete (string sub -s 2 -- $item) "$cur" 2>/dev/null)
                    echo "$prefix$line"
                end
            case /
                for line in (__fish_complete_path "$cur")
                    echo "$prefix$line"
                end
            case '*'
                printf '%s\t%s\n' "$prefix$item" "$(__ktrdr_meaning "$command $item")"
        end
    end
end
complete -c ktrdr -f -k -a '(__ktrdr_complete)'`
}

function switchFunction(name: string, rules: readonly Rule[]): string {
  const cases = rules.map(
    ({ pattern, candidates }) =>
      `        case ${singleQuoted(pattern)}\n            echo ${singleQuoted(candidates)}`,
  )
  return `function ${name}\n    switch $argv[1]\n${cases.join('\n')}\n    end\nend`
}
