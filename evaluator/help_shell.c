/*
 * Completions for bash, zsh and fish, from the tables of the commands.
 *
 * What can follow is told in one word for all shells: TASK, MODEL, DATA, RECIPE
 * and COMMAND are asked from the program when they are wanted, FILE and DIR are
 * the shell's own, NONE is nothing it could know, and anything else is the list
 * of words itself.
 */
#include <stdio.h>
#include <string.h>

#include "evaluator/cmd.h"
#include "evaluator/help.h"

struct source {
    const char *word, *kind; /* what to list: `evalrun list KIND --names` */
};

static const struct source sources[] = {
    { "TASK", "tasks" },
    { "MODEL", "models" },
    { "DATA", "data" },
    { "RECIPE", "recipes" },
};

enum { N_SOURCE = sizeof sources / sizeof *sources };

/* "a|b|c" as "a b c". */
static void put_words(struct strbuf *out, const char *choices, size_t len)
{
    for (size_t i = 0; i < len; i++)
        strbuf_putc(out, choices[i] == '|' ? ' ' : choices[i]);
}

static void option_values(struct strbuf *out, const struct opt *o)
{
    static const char *const asked[][2] = {
        { "task", "TASK" },
        { "model", "MODEL" },
        { "recipe", "RECIPE" },
    };
    strbuf_clear(out);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (!strcmp(o->name, asked[i][0]))
            strbuf_puts(out, asked[i][1]);
    if (out->len)
        return;
    if (o->type == OPT_CHOICE)
        put_words(out, o->choices, strlen(o->choices));
    else if (o->value && !strcmp(o->value, "DIR"))
        strbuf_puts(out, "DIR");
    else if (o->value &&
             (!strcmp(o->value, "PATH") || !strcmp(o->value, "FILE")))
        strbuf_puts(out, "FILE");
    else
        strbuf_puts(out, "NONE");
}

/* The next argument of "list|pull [DATA] [PATH...]": what it can be; `more`
 * when it may come again. */
static bool next_argument(struct strbuf *out, const char **args, bool *more)
{
    const char *p = *args + strspn(*args, " []");
    size_t len = strcspn(p, " []."), end = strcspn(p, " ");
    if (!*p)
        return false;
    *more = end > len && p[len] == '.';
    *args = p + end;
    strbuf_clear(out);
    bool known = len == 7 && !memcmp(p, "COMMAND", 7);
    for (size_t i = 0; i < N_SOURCE; i++)
        known |= len == strlen(sources[i].word) &&
                 !memcmp(p, sources[i].word, len);
    if (known || (*p >= 'a' && *p <= 'z'))
        put_words(out, p, len);
    else
        strbuf_puts(out, "FILE");
    return true;
}

static void put_commands(struct strbuf *out, const char *between)
{
    for (const struct cmd *c = cmds; c->name; c++)
        strbuf_printf(out, "%s%s", c == cmds ? "" : between, c->name);
}

/* Text between single quotes: sh and zsh leave them for a quote, fish escapes. */
static void put_quoted(struct strbuf *out, const char *text,
                       const char *specials)
{
    bool fish = !specials;
    for (; *text; text++) {
        if (*text == '\'' || (fish && *text == '\\'))
            strbuf_puts(out, fish ? "\\" : "'\\'");
        else if (specials && strchr(specials, *text))
            strbuf_putc(out, '\\');
        strbuf_putc(out, *text);
    }
}

/* ---- bash */

static const char bash_head[] =
    "# bash completion for evalrun; printed by `evalrun help --completion bash`\n\n";

static const char bash_tail[] =
    "_evalrun_offer() {\n"
    "    local cur=$2 head= words=$1 IFS=$' \\t\\n'\n"
    "    case $1 in\n"
    "    NONE) return ;;\n"
    "    FILE|DIR) words= ;;\n"
    "    TASK|MODEL|DATA|RECIPE|COMMAND)\n"
    "        words=$(_evalrun_words \"$1\" 2>/dev/null)\n"
    "        [[ $cur == *,* ]] && head=${cur%,*}, cur=${cur##*,} ;;\n"
    "    esac\n"
    "    IFS=$'\\n'\n"
    "    COMPREPLY=($(IFS=$' \\t\\n' compgen -P \"$head\" -W \"$words\" -- \"$cur\"))\n"
    "    case $1 in\n"
    "    FILE) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
    "    DIR) COMPREPLY=($(compgen -d -- \"$cur\")) ;;\n"
    "    MODEL) COMPREPLY+=($(compgen -P \"$head\" -f -- \"$cur\")) ;;\n"
    "    esac\n"
    "    case $1 in\n"
    "    FILE|DIR|MODEL) compopt -o filenames 2>/dev/null ;;\n"
    "    esac\n"
    "}\n\n"
    "_evalrun() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local cmd=run first=1 n=1 i what\n"
    "    COMPREPLY=()\n"
    "    if [[ $COMP_CWORD -gt 1 && \" $(_evalrun_words COMMAND) \" == "
    "*\" ${COMP_WORDS[1]} \"* ]]; then\n"
    "        cmd=${COMP_WORDS[1]} first=2\n"
    "    fi\n"
    "    if [[ $cur == '=' ]]; then\n"
    "        cur=\n"
    "    elif [[ $prev == '=' ]]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    fi\n"
    "    if [[ $COMP_CWORD -gt 1 ]] && what=$(_evalrun_value \"$cmd $prev\"); then\n"
    "        _evalrun_offer \"$what\" \"$cur\"\n"
    "    elif [[ $cur == -* ]]; then\n"
    "        _evalrun_offer \"$(_evalrun_options $cmd)\" \"$cur\"\n"
    "    elif [[ $COMP_CWORD -eq 1 ]]; then\n"
    "        _evalrun_offer COMMAND \"$cur\"\n"
    "    else\n"
    "        for ((i = first; i < COMP_CWORD; i++)); do\n"
    "            if [[ ${COMP_WORDS[i+1]} == '=' ]]; then\n"
    "                ((i += 2))\n"
    "            elif _evalrun_value \"$cmd ${COMP_WORDS[i]}\" >/dev/null; then\n"
    "                ((i++))\n"
    "            elif [[ ${COMP_WORDS[i]} != -* ]]; then\n"
    "                ((n++))\n"
    "            fi\n"
    "        done\n"
    "        _evalrun_offer \"$(_evalrun_argument \"$cmd $n\")\" \"$cur\"\n"
    "    fi\n"
    "}\n\n"
    "complete -F _evalrun evalrun\n";

static void bash_values(struct strbuf *out, const char *command,
                        const struct opt *table)
{
    struct strbuf values = STRBUF_INIT;
    for (const struct opt *o = table; o->type != OPT_END; o++) {
        if (o->type == OPT_FLAG)
            continue;
        option_values(&values, o);
        strbuf_printf(out, "    %s' --%s'", command, o->name);
        if (o->letter)
            strbuf_printf(out, "|%s' -%c'", command, o->letter);
        strbuf_printf(out, ") echo '%s' ;;\n", values.s);
    }
    strbuf_release(&values);
}

static void bash_names(struct strbuf *out, const struct opt *table)
{
    for (const struct opt *o = table; o->type != OPT_END; o++)
        strbuf_printf(out, " --%s", o->name);
}

static void bash_arguments(struct strbuf *out, const struct cmd *c)
{
    const char *args = c->args;
    struct strbuf what = STRBUF_INIT;
    bool more = false;
    for (int n = 1; next_argument(&what, &args, &more); n++)
        if (more)
            strbuf_printf(out, "    '%s '*) echo '%s' ;;\n", c->name, what.s);
        else
            strbuf_printf(out, "    '%s %d') echo '%s' ;;\n", c->name, n,
                          what.s);
    strbuf_release(&what);
}

static void bash(struct strbuf *out)
{
    strbuf_printf(out, "%s_evalrun_words() {\n    case $1 in\n", bash_head);
    for (size_t i = 0; i < N_SOURCE; i++)
        strbuf_printf(out, "    %s) evalrun list %s --names ;;\n",
                      sources[i].word, sources[i].kind);
    strbuf_puts(out, "    COMMAND) echo '");
    put_commands(out, " ");
    strbuf_puts(out,
                "' ;;\n    esac\n}\n\n"
                "# What an option takes; fails for one that takes nothing.\n"
                "_evalrun_value() {\n    case $1 in\n");
    for (const struct cmd *c = cmds; c->name; c++)
        for (const struct opt *const *t = c->opts; *t; t++)
            bash_values(out, c->name, *t);
    bash_values(out, "*", global_opts);
    strbuf_puts(out, "    *) return 1 ;;\n    esac\n}\n\n"
                     "_evalrun_options() {\n    case $1 in\n");
    for (const struct cmd *c = cmds; c->name; c++) {
        strbuf_printf(out, "    %s) echo '", c->name);
        for (const struct opt *const *t = c->opts; *t; t++)
            bash_names(out, *t);
        bash_names(out, global_opts);
        strbuf_puts(out, "' ;;\n");
    }
    strbuf_puts(out, "    esac\n}\n\n_evalrun_argument() {\n    case $1 in\n");
    for (const struct cmd *c = cmds; c->name; c++)
        bash_arguments(out, c);
    strbuf_printf(out, "    *) echo NONE ;;\n    esac\n}\n\n%s", bash_tail);
}

/* ---- zsh */

static void zsh_action(struct strbuf *out, const char *what, bool list)
{
    for (size_t i = 0; i < N_SOURCE; i++)
        if (!strcmp(what, sources[i].word)) {
            strbuf_printf(out, "%s_evalrun_%s", list ? "_sequence " : "",
                          sources[i].kind);
            return;
        }
    if (!strcmp(what, "COMMAND"))
        strbuf_puts(out, "_evalrun_commands");
    else if (!strcmp(what, "FILE"))
        strbuf_puts(out, "_files");
    else if (!strcmp(what, "DIR"))
        strbuf_puts(out, "_files -/");
    else if (!strcmp(what, "NONE"))
        strbuf_puts(out, " ");
    else
        strbuf_printf(out, "(%s)", what);
}

static void zsh_options(struct strbuf *out, const struct opt *table)
{
    struct strbuf text = STRBUF_INIT;
    for (const struct opt *o = table; o->type != OPT_END; o++) {
        bool value = o->type != OPT_FLAG;
        strbuf_puts(out, " \\\n            ");
        if (o->letter)
            strbuf_printf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", o->letter,
                          o->name, o->letter, value ? "+" : "", o->name,
                          value ? "=" : "");
        else
            strbuf_printf(out, "'--%s%s", o->name, value ? "=" : "");
        strbuf_clear(&text);
        opt_describe(&text, o);
        strbuf_putc(out, '[');
        put_quoted(out, text.s, "[]:\\");
        strbuf_putc(out, ']');
        if (value) {
            strbuf_putc(out, ':');
            put_quoted(out, o->value, "[]:\\");
            strbuf_putc(out, ':');
            option_values(&text, o);
            zsh_action(out, text.s, true);
        }
        strbuf_putc(out, '\'');
    }
    strbuf_release(&text);
}

static void zsh_arguments(struct strbuf *out, const struct cmd *c)
{
    const char *args = c->args;
    struct strbuf what = STRBUF_INIT;
    bool more = false;
    for (int n = 1; next_argument(&what, &args, &more); n++) {
        if (more)
            strbuf_puts(out, " \\\n            '*:argument:");
        else
            strbuf_printf(out, " \\\n            '%d:argument:", n);
        zsh_action(out, what.s, false);
        strbuf_putc(out, '\'');
    }
    strbuf_release(&what);
}

static void zsh(struct strbuf *out)
{
    strbuf_puts(
        out,
        "#compdef evalrun\n"
        "# zsh completion; printed by `evalrun help --completion zsh`\n\n");
    for (size_t i = 0; i < N_SOURCE; i++)
        strbuf_printf(
            out,
            "_evalrun_%s() {\n    compadd \"$@\" -- "
            "${(f)\"$(evalrun list %s --names 2>/dev/null)\"}%s\n}\n\n",
            sources[i].kind, sources[i].kind,
            strcmp(sources[i].word, "MODEL") ? "" : "\n    _files \"$@\"");
    strbuf_puts(out, "_evalrun_commands() {\n    local -a commands=(");
    for (const struct cmd *c = cmds; c->name; c++) {
        strbuf_printf(out, "\n        '%s:", c->name);
        put_quoted(out, c->summary, "");
        strbuf_putc(out, '\'');
    }
    strbuf_puts(out,
                "\n    )\n    _describe -t commands command commands\n}\n\n"
                "_evalrun() {\n    local cmd=run\n"
                "    if (( CURRENT == 2 )) && [[ ${words[2]} != -* ]]; then\n"
                "        _evalrun_commands\n        return\n    fi\n"
                "    case ${words[2]} in (");
    put_commands(out, "|");
    strbuf_puts(out,
                ")\n        cmd=${words[2]}\n        shift words\n"
                "        (( CURRENT-- )) ;;\n    esac\n    case $cmd in\n");
    for (const struct cmd *c = cmds; c->name; c++) {
        strbuf_printf(out, "    (%s)\n        _arguments -s", c->name);
        for (const struct opt *const *t = c->opts; *t; t++)
            zsh_options(out, *t);
        zsh_options(out, global_opts);
        zsh_arguments(out, c);
        strbuf_puts(out, " ;;\n");
    }
    strbuf_puts(
        out, "    esac\n}\n\n"
             "if [[ ${funcstack[1]} == _evalrun ]]; then\n    _evalrun \"$@\"\n"
             "else\n    compdef _evalrun evalrun\nfi\n");
}

/* ---- fish */

static const char fish_head[] =
    "# fish completion for evalrun; printed by `evalrun help --completion fish`\n\n"
    "function __evalrun_is -d 'is this the command being typed?'\n"
    "    set -l words (commandline -opc)\n"
    "    if set -q words[2]; and contains -- $words[2] $__evalrun_commands\n"
    "        test $words[2] = $argv[1]\n"
    "    else\n"
    "        test run = $argv[1]\n"
    "    end\n"
    "end\n\n"
    "function __evalrun_at -d 'is this argument of the command being typed?'\n"
    "    __evalrun_is $argv[1]; or return 1\n"
    "    set -l words (commandline -opc)\n"
    "    set -l bare (string match -v -- '-*' $words[3..-1])\n"
    "    test (count $bare) -eq (math $argv[2] - 1)\n"
    "end\n\n"
    "complete -c evalrun -f\n";

/* The options of `complete` that offer what can follow. */
static void fish_offer(struct strbuf *out, const char *what, bool list)
{
    for (size_t i = 0; i < N_SOURCE; i++)
        if (!strcmp(what, sources[i].word)) {
            strbuf_printf(
                out,
                list
                    ? " -a '(__fish_complete_list , \"evalrun list %s --names\")'"
                    : " -a '(evalrun list %s --names)'",
                sources[i].kind);
            return;
        }
    if (!strcmp(what, "COMMAND"))
        strbuf_puts(out, " -a '$__evalrun_commands'");
    else if (!strcmp(what, "FILE"))
        strbuf_puts(out, " -F");
    else if (!strcmp(what, "DIR"))
        strbuf_puts(out, " -a '(__fish_complete_directories)'");
    else if (strcmp(what, "NONE") != 0)
        strbuf_printf(out, " -a '%s'", what);
}

static void fish_options(struct strbuf *out, const char *command,
                         const struct opt *table)
{
    struct strbuf text = STRBUF_INIT;
    for (const struct opt *o = table; o->type != OPT_END; o++) {
        strbuf_puts(out, "complete -c evalrun");
        if (command)
            strbuf_printf(out, " -n '__evalrun_is %s'", command);
        if (o->letter)
            strbuf_printf(out, " -s %c", o->letter);
        strbuf_printf(out, " -l %s -d '", o->name);
        strbuf_clear(&text);
        opt_describe(&text, o);
        put_quoted(out, text.s, NULL);
        strbuf_putc(out, '\'');
        if (o->type != OPT_FLAG) {
            option_values(&text, o);
            strbuf_puts(out, strcmp(text.s, "FILE") ? " -x" : " -r");
            fish_offer(out, text.s, true);
        }
        strbuf_putc(out, '\n');
    }
    strbuf_release(&text);
}

static void fish_arguments(struct strbuf *out, const struct cmd *c)
{
    const char *args = c->args;
    struct strbuf what = STRBUF_INIT;
    bool more = false;
    for (int n = 1; next_argument(&what, &args, &more); n++) {
        strbuf_printf(out, "complete -c evalrun -n '__evalrun_%s %s",
                      more ? "is" : "at", c->name);
        if (!more)
            strbuf_printf(out, " %d", n);
        strbuf_putc(out, '\'');
        fish_offer(out, what.s, false);
        strbuf_putc(out, '\n');
    }
    strbuf_release(&what);
}

static void fish(struct strbuf *out)
{
    strbuf_puts(out, fish_head);
    strbuf_puts(out, "set -g __evalrun_commands ");
    put_commands(out, " ");
    strbuf_putc(out, '\n');
    for (const struct cmd *c = cmds; c->name; c++) {
        strbuf_printf(
            out,
            "complete -c evalrun -n 'test (count (commandline -opc)) -eq 1' -a %s "
            "-d '",
            c->name);
        put_quoted(out, c->summary, NULL);
        strbuf_puts(out, "'\n");
    }
    fish_options(out, NULL, global_opts);
    for (const struct cmd *c = cmds; c->name; c++) {
        for (const struct opt *const *t = c->opts; *t; t++)
            fish_options(out, c->name, *t);
        fish_arguments(out, c);
    }
}

void help_completion(struct strbuf *out, const char *shell)
{
    if (!strcmp(shell, "bash"))
        bash(out);
    else if (!strcmp(shell, "zsh"))
        zsh(out);
    else
        fish(out);
}
