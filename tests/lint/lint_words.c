/*
 * Rules about words in C: banned functions, names of benchmarks, struct
 * typedefs.
 */
#include "tests/lint/lint.h"

#include <ctype.h>
#include <string.h>

/*
 * What is not called here, and what is. An ordinary word (a member may well be
 * named `system`) is banned only where it is called; the others wherever they
 * stand.
 */
struct banned {
    const char *name;
    bool ordinary;
    const char *instead;
};

static const struct banned bans[] = {
    { "strcpy", false, "build with strbuf, or snprintf" },
    { "strcat", false, "build with strbuf" },
    { "strncpy", false, "it may leave no end; use snprintf or strbuf" },
    { "strncat", false, "build with strbuf" },
    { "sprintf", false, "use snprintf or strbuf" },
    { "vsprintf", false, "use vsnprintf or strbuf" },
    { "strtok", false, "read with slices" },
    { "gets", true, "use fgets or getline" },
    { "atoi", false, "strtol tells errors" },
    { "atol", false, "strtol tells errors" },
    { "atoll", false, "strtoll tells errors" },
    { "atof", false, "strtod tells errors" },
    { "rand", true, "draw from a keyed rng" },
    { "srand", false, "draw from a keyed rng" },
    { "random", true, "draw from a keyed rng" },
    { "srandom", false, "draw from a keyed rng" },
    { "scanf", false, "parse with slices or strtol" },
    { "sscanf", false, "parse with slices or strtol" },
    { "fscanf", false, "parse with slices or strtol" },
    { "asctime", false, "use strftime" },
    { "ctime", false, "use strftime" },
    { "gmtime", false, "use gmtime_r" },
    { "localtime", false, "use localtime_r" },
    { "setjmp", false, "return an error" },
    { "longjmp", false, "return an error" },
    { "alloca", false, "use an arena" },
    { "system", true, "use fork and exec, without a shell" },
    { "popen", false, "use fork and exec, without a shell" },
    { "tmpnam", false, "use mkstemp" },
    { "mktemp", false, "use mkstemp" },
    { "cJSON_GetObjectItem", false,
      "it ignores case; use cJSON_GetObjectItemCaseSensitive" },
    { "cJSON_HasObjectItem", false,
      "it ignores case; use cJSON_GetObjectItemCaseSensitive" },
    { "cJSON_DetachItemFromObject", false,
      "it ignores case; use ...CaseSensitive" },
    { "cJSON_DeleteItemFromObject", false,
      "it ignores case; use ...CaseSensitive" },
    { "cJSON_ReplaceItemInObject", false,
      "it ignores case; use ...CaseSensitive" },
};

/* The one header that must name them all in order to ban them. */
static const char banning_header[] = "base/banned.h";

/*
 * Names of benchmarks, lower case. A dash stands for a dash, an underscore, a
 * blank or nothing. Behind the name anything may follow that is not a letter
 * (a year, a size, _pro), and after a final underscore anything at all. Names
 * that are also names of a scorer of ours or everyday words of English are left
 * out.
 */
static const char benchmarks[] =
    "cmmlu mmlu tmmlu c-eval agi-eval gaokao gpqa bbh big-bench super-glue "
    "m3exam xiezhi arc_ arc-easy arc-challenge hella-swag wino-grande winograd "
    "boolq piqa siqa social-iqa openbookqa commonsenseqa truthfulqa triviaqa "
    "nq-open natural-questions sciq logiqa reclor anli xnli ocnli cmnli xcopa "
    "storycloze xstorycloze cluewsc afqmc tnews iflytek chid cmrc drcd "
    "dureader squad hotpotqa lambada wikitext pile-10k crows-pairs toxigen bbq "
    "gsm8k gsm-plus mgsm math500 math-500 math23k ape210k cmath svamp asdiv "
    "mawps aime minerva-math human-eval human-evalx mbpp ds1000 swe-bench "
    "live-code-bench mt-bench align-bench alpaca-eval arena-hard long-bench "
    "l-eval infinite-bench babilong lv-eval lcsts xsum samsum dialogsum "
    "cnn-dailymail nlpcc flores simpleqa";

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) != 0;
}

struct word {
    const char *at; /* NULL: none */
    int len;
};

/* Does the name begin at the text, and end where a word ends? */
static bool matches(const char *text, const char *end, const char *name,
                    size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (name[i] == '-') {
            text += text < end && strchr("-_ ", *text) != NULL;
            continue;
        }
        if (text == end || tolower((unsigned char)*text) != name[i])
            return false;
        text++;
    }
    return name[len - 1] == '_' || text == end || !is_letter(*text);
}

/*
 * The first benchmark named in the text, or NULL. An escape such as \n parts
 * words.
 */
static struct word find_benchmark(const char *text, size_t len)
{
    const char *end = text + len;
    for (const char *p = text; p < end; p++) {
        bool inside = p > text && isalnum((unsigned char)p[-1]);
        bool escaped = p > text + 1 && p[-2] == '\\';
        if ((inside && !escaped) || !is_letter(*p))
            continue;
        for (const char *name = benchmarks; *name; name += strspn(name, " ")) {
            size_t n = strcspn(name, " ");
            if (matches(p, end, name, n))
                return (struct word){ name, (int)n };
            name += n;
        }
    }
    return (struct word){ NULL, 0 };
}

static void check_benchmark(struct lint *l, const struct source *s,
                            const struct token *t)
{
    struct word name = { NULL, 0 };
    if (t->kind == TOK_NAME || t->kind == TOK_STRING || t->kind == TOK_HEADER)
        name = find_benchmark(t->at, t->len);
    if (!name.at || (t->kind == TOK_STRING && source_is_example(s, t->line)))
        return;
    lint_fail(l, s->path, t->line,
              "benchmark '%.*s' named in C: it belongs in tasks/", name.len,
              name.at);
}

/* A member (x.system, x->system) is somebody else's name. */
static bool is_member(const struct source *s, size_t i)
{
    const struct token *t = &s->token[i];
    if (i > 0 && token_is(t - 1, "."))
        return true;
    return i > 1 && token_is(t - 1, ">") && token_is(t - 2, "-");
}

static void check_ban(struct lint *l, const struct source *s, size_t i)
{
    const struct token *t = &s->token[i];
    bool called = i + 1 < s->n_token && token_is(t + 1, "(");
    if (t->kind != TOK_NAME || is_member(s, i))
        return;
    for (size_t k = 0; k < COUNT(bans); k++)
        if (token_is(t, bans[k].name) && (called || !bans[k].ordinary))
            lint_fail(l, s->path, t->line, "%s is banned: %s", bans[k].name,
                      bans[k].instead);
}

static void check_typedef(struct lint *l, const struct source *s, size_t i)
{
    const struct token *t = &s->token[i];
    if (t->kind != TOK_NAME || !token_is(t, "typedef"))
        return;
    for (i++; i < s->n_token; i++)
        if (!token_is(&s->token[i], "const") &&
            !token_is(&s->token[i], "volatile"))
            break;
    if (i < s->n_token &&
        (token_is(&s->token[i], "struct") || token_is(&s->token[i], "union")))
        lint_fail(l, s->path, t->line, "typedef of a %.*s: write the tag",
                  (int)s->token[i].len, s->token[i].at);
}

void check_words(struct lint *l, const struct source *s)
{
    bool tests = starts_with(s->path, "tests/");
    bool banning = strcmp(s->path, banning_header) == 0;
    struct word named = find_benchmark(s->path, strlen(s->path));
    if (!tests && named.at)
        lint_fail(l, s->path, 1, "benchmark '%.*s' in the name of a C file",
                  named.len, named.at);
    for (size_t i = 0; i < s->n_token; i++) {
        if (!tests)
            check_benchmark(l, s, &s->token[i]);
        if (!banning)
            check_ban(l, s, i);
        check_typedef(l, s, i);
    }
}
