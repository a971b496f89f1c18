/*
 * Instructions for Chinese texts, of our own: upstream's kinds know no Chinese
 * punctuation, sentences or lengths. Their arguments are in docs/ifeval.md. Kinds
 * that need no change (json_format, two_responses, repeat_prompt) are used as they
 * are.
 */
#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "scorers/instruction.h"

static bool is_han(int32_t code)
{
    return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
           (code >= 0x20000 && code <= 0x3134F) || code == 0x3007;
}

static size_t count_han(const char *text)
{
    size_t n = 0;
    for (size_t len = strlen(text); len > 0;) {
        int32_t code;
        size_t step = utf8_next(text, len, &code);
        n += is_han(code);
        text += step;
        len -= step;
    }
    return n;
}

static size_t count_text(const char *text, const char *what)
{
    size_t n = 0;
    for (; *what && (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static int has_match(const struct checking *c, const char *pattern)
{
    size_t n;
    return check_matches(&n, c, pattern, c->text) < 0 ? c->e->code : n > 0;
}

static int enough_matches(const struct checking *c, const char *pattern, const char *key)
{
    size_t n, want;
    if (check_count(&want, c, key) < 0 || check_matches(&n, c, pattern, c->text) < 0)
        return c->e->code;
    return n >= want;
}

static int keywords(const struct checking *c)
{
    const char *const *word;
    size_t n;
    if (check_texts(&word, &n, c, "keywords") < 0)
        return c->e->code;
    for (size_t i = 0; i < n; i++)
        if (!strstr(c->text, word[i]))
            return 0;
    return 1;
}

static int keyword_frequency(const struct checking *c)
{
    const char *word;
    if (check_text(&word, c, "keyword") < 0)
        return c->e->code;
    return check_relation(c, count_text(c->text, word), "frequency", "relation");
}

static int forbidden(const struct checking *c)
{
    const char *const *word;
    size_t n;
    if (check_texts(&word, &n, c, "forbidden_words") < 0)
        return c->e->code;
    for (size_t i = 0; i < n; i++)
        if (strstr(c->text, word[i]))
            return 0;
    return 1;
}

static int number_chars(const struct checking *c)
{
    return check_relation(c, count_han(c->text), "num_chars", "relation");
}

static int chars_range(const struct checking *c)
{
    size_t low, high, n = count_han(c->text);
    if (check_count(&low, c, "min_chars") < 0 || check_count(&high, c, "max_chars") < 0)
        return c->e->code;
    return n >= low && n <= high;
}

/* What stands between marks that end a sentence, or lines. */
static int number_sentences(const struct checking *c)
{
    const char *const *part;
    size_t n, k = 0;
    if (check_split(&part, &n, c, "[。！？!?…\\n]+[”’」』）)\"]*", c->text) < 0)
        return c->e->code;
    for (size_t i = 0; i < n; i++)
        k += !check_blank(part[i]);
    return check_relation(c, k, "num_sentences", "relation");
}

/* The lines that are not blank. */
static int paragraphs(const char *const **out, size_t *n, const struct checking *c)
{
    return check_split(out, n, c, "\\s*\\n\\s*", check_strip(c->text, c->mem));
}

static int number_paragraphs(const struct checking *c)
{
    const char *const *part;
    size_t n, want;
    if (check_count(&want, c, "num_paragraphs") < 0 || paragraphs(&part, &n, c) < 0)
        return c->e->code;
    return n == want;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, size_t len, const char *with)
{
    size_t n = strlen(with);
    return len >= n && memcmp(text + len - n, with, n) == 0;
}

static int nth_paragraph_start(const struct checking *c)
{
    const char *const *part, *start;
    size_t n, nth;
    if (check_count(&nth, c, "nth_paragraph") < 0 || check_text(&start, c, "start") < 0 ||
        paragraphs(&part, &n, c) < 0)
        return c->e->code;
    return nth >= 1 && nth <= n && begins(part[nth - 1], start);
}

static int start_with(const struct checking *c)
{
    const char *start;
    if (check_text(&start, c, "start_phrase") < 0)
        return c->e->code;
    return begins(check_strip(c->text, c->mem), start);
}

/* Closing quotes behind it do not count, nor the mark that ends its sentence, where
 * the phrase has none of its own. */
static int end_with(const struct checking *c)
{
    static const char *const marks[] = { "”", "’", "」", "』", "\"", "。", "！", "？", ".", "!",
                                         "?" };
    const char *phrase, *text = check_strip(c->text, c->mem);
    size_t len = strlen(text);
    if (check_text(&phrase, c, "end_phrase") < 0)
        return c->e->code;
    for (bool cut = true; cut && !ends(text, len, phrase);) {
        cut = false;
        for (size_t i = 0; i < sizeof marks / sizeof *marks && !cut; i++)
            if (ends(text, len, marks[i])) {
                len -= strlen(marks[i]);
                cut = true;
            }
    }
    return ends(text, len, phrase);
}

static int no_latin(const struct checking *c)
{
    int rc = has_match(c, "[A-Za-zＡ-Ｚａ-ｚ]");
    return rc < 0 ? rc : !rc;
}

static int no_digits(const struct checking *c)
{
    int rc = has_match(c, "[0-9０-９]");
    return rc < 0 ? rc : !rc;
}

static int no_comma(const struct checking *c)
{
    return !strchr(c->text, ',') && !strstr(c->text, "，");
}

static int quotation(const struct checking *c)
{
    static const char *const pairs[][2] = { { "“", "”" }, { "「", "」" }, { "『", "』" },
                                            { "\"", "\"" } };
    const char *s = check_strip(c->text, c->mem);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (utf8_chars(s) > 2 && begins(s, pairs[i][0]) && ends(s, strlen(s), pairs[i][1]))
            return 1;
    return 0;
}

static int title(const struct checking *c)
{
    const char *const *part;
    size_t n;
    if (paragraphs(&part, &n, c) < 0)
        return c->e->code;
    return begins(part[0], "《") && ends(part[0], strlen(part[0]), "》") &&
           strlen(part[0]) > strlen("《》");
}

static int bullet_list(const struct checking *c)
{
    size_t n, want;
    if (check_count(&want, c, "num_bullets") < 0 ||
        check_matches(&n, c,
                      "(?m)^[ \\t\\x{3000}]*(?:[-*•·●]|[0-9０-９]+[.．、)）]|"
                      "[一二三四五六七八九十]+[、.．])[ \\t]*\\S", c->text) < 0)
        return c->e->code;
    return n == want;
}

static int sections(const struct checking *c)
{
    const char *unit;
    if (check_text(&unit, c, "unit") < 0)
        return c->e->code;
    return enough_matches(c, arena_printf(c->mem, "(?m)^[\\s#*]*第\\s*"
                                          "[0-9０-９一二三四五六七八九十百]+\\s*\\Q%s\\E", unit),
                          "num_sections");
}

static int placeholders(const struct checking *c)
{
    return enough_matches(c, "\\[[^\\[\\]\\n]+\\]|【[^【】\\n]+】", "num_placeholders");
}

static int highlighted(const struct checking *c)
{
    return enough_matches(c, "\\*\\*[^\\s*][^*\\n]*\\*\\*", "num_highlights");
}

static int postscript(const struct checking *c)
{
    const char *marker;
    if (check_text(&marker, c, "marker") < 0)
        return c->e->code;
    return has_match(c, arena_printf(c->mem, "(?m)^\\s*\\Q%s\\E\\s*[：:]?\\s*\\S", marker));
}

/* Lines of verse: what stands between punctuation or line ends, a title aside. */
static int poem(const struct checking *c)
{
    const char *const *part;
    size_t n, lines, length, k = 0;
    if (check_count(&lines, c, "num_lines") < 0 || check_count(&length, c, "chars_per_line") < 0 ||
        check_split(&part, &n, c, "[，。！？；、,.!?;\\s]+", c->text) < 0)
        return c->e->code;
    for (size_t i = 0; i < n; i++) {
        if (!*part[i] || begins(part[i], "《"))
            continue;
        if (count_han(part[i]) != length || utf8_chars(part[i]) != length)
            return 0;
        k++;
    }
    return k == lines;
}

/* At least half of its letters are Chinese characters, and there is one. */
static int language(const struct checking *c)
{
    size_t latin = 0, han = count_han(c->text);
    for (const char *s = c->text; *s; s++)
        latin += (unsigned char)*s < 0x80 && isalpha((unsigned char)*s);
    return han > 0 && han >= latin;
}

const struct instruction_kind instruction_zh[] = {
    { "zh:keywords", keywords },
    { "zh:keyword_frequency", keyword_frequency },
    { "zh:forbidden_words", forbidden },
    { "zh:number_chars", number_chars },
    { "zh:chars_range", chars_range },
    { "zh:number_sentences", number_sentences },
    { "zh:number_paragraphs", number_paragraphs },
    { "zh:nth_paragraph_start", nth_paragraph_start },
    { "zh:start_with", start_with },
    { "zh:end_with", end_with },
    { "zh:language", language },
    { "zh:no_latin", no_latin },
    { "zh:no_digits", no_digits },
    { "zh:no_comma", no_comma },
    { "zh:quotation", quotation },
    { "zh:title", title },
    { "zh:bullet_list", bullet_list },
    { "zh:sections", sections },
    { "zh:placeholders", placeholders },
    { "zh:highlighted", highlighted },
    { "zh:postscript", postscript },
    { "zh:poem", poem },
    { NULL, NULL },
};
