# pagectl(1) completion for fish; the words come from pagectl itself.
function __pagectl_complete
    set -l words (commandline -opc) (commandline -ct)
    pagectl __complete -- $words[2..-1] 2>/dev/null
end
complete -c pagectl -f -a '(__pagectl_complete)'
