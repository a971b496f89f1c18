#!/usr/bin/env bash
# Draws the text on standard input (a table of evalrun) as an SVG picture of a
# terminal, on standard output:
#
#   evalrun report RUN... --color never | scripts/picture.sh 'evalrun ...' >docs/table.svg
#
# The argument is shown as the command that was typed.
set -euo pipefail
awk -v command="${1:?usage: picture.sh COMMAND <TEXT >SVG}" '
function escape(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/>/, "\\&gt;", s); return s }
function put(s, class) { line[n++] = sprintf("<tspan class=\"%s\">%s</tspan>", class, escape(s)) }
BEGIN { put("$ " command, "c"); put(" ", "t"); widest = length(command) + 2 }
{
    if (length($0) > widest) widest = length($0)
    class = "t"
    if ($0 ~ /^(accuracy|scores|marks|how )/) class = "h"
    else if ($0 ~ /^ *─+$/) class = "r"
    put($0 == "" ? " " : $0, class)
}
END {
    width = widest * 8.43 + 40
    height = n * 19 + 34
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"table printed by evalrun\">\n", width, height, width, height
    print "<style>text{font:14px ui-monospace,\"DejaVu Sans Mono\",Menlo,Consolas,monospace;white-space:pre}"
    print ".c{fill:#7ee787}.t{fill:#e6edf3}.h{fill:#79c0ff}.r{fill:#6e7681}</style>"
    printf "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#0d1117\"/>\n", width, height
    for (i = 0; i < n; i++)
        printf "<text x=\"20\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", i * 19 + 30, line[i]
    print "</svg>"
}'
