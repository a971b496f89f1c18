/* Instructions about the form of a text: its marks, parts, beginning and end. */
#include <string.h>

#include "base/utf8.h"
#include "scorers/instruction.h"

static int placeholders(const struct checking *c)
{
    size_t n, want;
    if (check_count(&want, c, "num_placeholders") < 0 ||
        check_matches(&n, c, "\\[.*?\\]", c->text) < 0)
        return c->e->code;
    return n >= want;
}

static int postscript(const struct checking *c)
{
    const char *marker, *pattern;
    size_t n;
    if (check_text(&marker, c, "postscript_marker") < 0)
        return c->e->code;
    marker = check_strip(marker, c->mem);
    if (strcmp(marker, "P.P.S") == 0)
        pattern = "(?m)\\s*p\\.\\s?p\\.\\s?s.*$";
    else if (strcmp(marker, "P.S.") == 0)
        pattern = "(?m)\\s*p\\.\\s?s\\..*$";
    else
        pattern = arena_printf(c->mem, "(?m)\\s*%s.*$", check_lower(marker, c->mem));
    if (check_matches(&n, c, pattern, check_lower(c->text, c->mem)) < 0)
        return c->e->code;
    return n > 0;
}

static int bullet_lists(const struct checking *c)
{
    size_t stars, dashes, want;
    if (check_count(&want, c, "num_bullets") < 0 ||
        check_matches(&stars, c, "(?m)^\\s*\\*[^\\*].*$", c->text) < 0 ||
        check_matches(&dashes, c, "(?m)^\\s*-.*$", c->text) < 0)
        return c->e->code;
    return stars + dashes == want;
}

static int constrained_response(const struct checking *c)
{
    static const char *const answers[] = { "My answer is yes.", "My answer is no.",
                                           "My answer is maybe." };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (strstr(c->text, answers[i]))
            return 1;
    return 0;
}

/* How many are more than white space, without these marks at their beginning and
 * those at their end. */
static size_t count_filled(const char *const *part, size_t n, char left, char right,
                           struct arena *mem)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(part[i]), from = 0;
        while (part[i][from] == left)
            from++;
        while (len > from && part[i][len - 1] == right)
            len--;
        k += !check_blank(arena_strndup(mem, part[i] + from, len - from));
    }
    return k;
}

/* **both** is counted by the first pattern as an empty "**" and by the second. */
static int highlighted(const struct checking *c)
{
    const char *const *one, *const *two;
    size_t n_one, n_two, want, k = 0;
    if (check_count(&want, c, "num_highlights") < 0 ||
        check_findall(&one, &n_one, c, "\\*[^\\n\\*]*\\*", c->text) < 0 ||
        check_findall(&two, &n_two, c, "\\*\\*[^\\n\\*]*\\*\\*", c->text) < 0)
        return c->e->code;
    k = count_filled(one, n_one, '*', '*', c->mem);
    for (size_t i = 0; i < n_two; i++)
        k += !check_blank(arena_strndup(c->mem, two[i] + 2, strlen(two[i]) - 4));
    return k >= want;
}

static int multiple_sections(const struct checking *c)
{
    const char *splitter, *const *part;
    size_t n, want;
    if (check_text(&splitter, c, "section_spliter") < 0 ||
        check_count(&want, c, "num_sections") < 0 ||
        check_split(&part, &n, c,
                    arena_printf(c->mem, "\\s?%s\\s?\\d+\\s?", check_strip(splitter, c->mem)),
                    c->text) < 0)
        return c->e->code;
    return n - 1 >= want;
}

static const char *drop_prefix(const char *s, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(s, prefix, n) == 0 ? s + n : s;
}

/* One JSON value as Python's json.loads() takes it, with NaN and Infinity. (base/json.h
 * lets line ends in texts pass.) */
static const char json_text_pattern[] =
    "(?(DEFINE)"
    "(?<space>[ \\t\\n\\r]*)"
    "(?<number>-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|NaN|-?Infinity)"
    "(?<text>\"(?:[^\"\\\\\\x00-\\x1f]++|\\\\[\"\\\\/bfnrt]|\\\\u[0-9A-Fa-f]{4})*+\")"
    "(?<pair>(?&space)(?&text)(?&space):(?&value))"
    "(?<object>\\{(?:(?&pair)(?:,(?&pair))*+)?(?&space)\\})"
    "(?<array>\\[(?:(?&value)(?:,(?&value))*+|(?&space))\\])"
    "(?<value>(?&space)(?:(?&text)|(?&object)|(?&array)|true|false|null|(?&number))(?&space))"
    ")\\A(?&value)\\z";

static int json_format(const struct checking *c)
{
    static const char *const fences[] = { "```json", "```Json", "```JSON", "```" };
    const char *s = check_strip(c->text, c->mem);
    for (size_t i = 0; i < sizeof fences / sizeof *fences; i++)
        s = drop_prefix(s, fences[i]);
    size_t len = strlen(s), n;
    if (len >= 3 && strcmp(s + len - 3, "```") == 0)
        len -= 3;
    s = check_strip(arena_strndup(c->mem, s, len), c->mem);
    if (check_matches(&n, c, json_text_pattern, s) < 0)
        return c->e->code;
    return n > 0;
}

static int title(const struct checking *c)
{
    const char *const *found;
    size_t n;
    if (check_findall(&found, &n, c, "<<[^\\n]+>>", c->text) < 0)
        return c->e->code;
    return count_filled(found, n, '<', '>', c->mem) > 0;
}

static int two_responses(const struct checking *c)
{
    const char *const *part, *kept[2] = { NULL, NULL };
    size_t n, k = 0;
    if (check_split(&part, &n, c, "\\*{6}", c->text) < 0)
        return c->e->code;
    for (size_t i = 0; i < n; i++) {
        if (check_blank(part[i])) {
            if (i > 0 && i < n - 1)
                return 0;
            continue;
        }
        if (k < 2)
            kept[k] = check_strip(part[i], c->mem);
        k++;
    }
    return k == 2 && strcmp(kept[0], kept[1]) != 0;
}

static int repeat_prompt(const struct checking *c)
{
    const char *prompt;
    if (check_text(&prompt, c, "prompt_to_repeat") < 0)
        return c->e->code;
    prompt = check_lower(check_strip(prompt, c->mem), c->mem);
    const char *text = check_lower(check_strip(c->text, c->mem), c->mem);
    return strncmp(text, prompt, strlen(prompt)) == 0;
}

static const char *strip_quotes(const char *s, struct arena *mem)
{
    size_t len = strlen(s);
    while (len > 0 && s[len - 1] == '"')
        len--;
    size_t from = strspn(s, "\"");
    return from < len ? arena_strndup(mem, s + from, len - from) : "";
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

static int end_checker(const struct checking *c)
{
    const char *phrase, *text = strip_quotes(check_strip(c->text, c->mem), c->mem);
    if (check_text(&phrase, c, "end_phrase") < 0)
        return c->e->code;
    return ends_with(check_lower(text, c->mem),
                     check_lower(check_strip(phrase, c->mem), c->mem));
}

static int quotation(const struct checking *c)
{
    const char *s = check_strip(c->text, c->mem);
    return utf8_chars(s) > 1 && *s == '"' && ends_with(s, "\"");
}

static int no_comma(const struct checking *c)
{
    return strchr(c->text, ',') == NULL;
}

const struct instruction_kind instruction_form[] = {
    { "detectable_content:number_placeholders", placeholders },
    { "detectable_content:postscript", postscript },
    { "detectable_format:number_bullet_lists", bullet_lists },
    { "detectable_format:constrained_response", constrained_response },
    { "detectable_format:number_highlighted_sections", highlighted },
    { "detectable_format:multiple_sections", multiple_sections },
    { "detectable_format:json_format", json_format },
    { "detectable_format:title", title },
    { "combination:two_responses", two_responses },
    { "combination:repeat_prompt", repeat_prompt },
    { "startend:end_checker", end_checker },
    { "startend:quotation", quotation },
    { "punctuation:no_comma", no_comma },
    { NULL, NULL },
};
