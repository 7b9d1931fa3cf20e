# pagectl(1) completion for bash; the words come from pagectl itself.
_pagectl() {
    local IFS=$'\n' line words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    while read -r line; do
        COMPREPLY+=("${line%%$'\t'*}")
    done < <(pagectl __complete -- "${words[@]}" 2>/dev/null)
}
complete -F _pagectl pagectl
