/* Instructions about words, letters, lengths and the language of a text. */
#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "scorers/instruction.h"
#include "scorers/language.h"
#include "scorers/plain.h"
#include "scorers/sentences.h"

/* A keyword of the data is a pattern to upstream, too. */
static int keywords_existence(const struct checking *c)
{
    const char *const *word;
    size_t n, found = 1;
    if (check_texts(&word, &n, c, "keywords") < 0)
        return c->e->code;
    for (size_t i = 0; i < n && found; i++)
        if (check_matches(&found, c, arena_printf(c->mem, "(?i)%s", word[i]), c->text) < 0)
            return c->e->code;
    return found > 0;
}

static int keywords_frequency(const struct checking *c)
{
    const char *word;
    size_t n;
    if (check_text(&word, c, "keyword") < 0 ||
        check_matches(&n, c, arena_printf(c->mem, "(?i)%s", check_strip(word, c->mem)),
                      c->text) < 0)
        return c->e->code;
    return check_relation(c, n, "frequency", "relation");
}

static int keywords_forbidden(const struct checking *c)
{
    const char *const *word;
    size_t n, found = 0;
    if (check_texts(&word, &n, c, "forbidden_words") < 0)
        return c->e->code;
    for (size_t i = 0; i < n && !found; i++)
        if (check_matches(&found, c, arena_printf(c->mem, "(?i)\\b%s\\b", word[i]), c->text) < 0)
            return c->e->code;
    return found == 0;
}

static int letter_frequency(const struct checking *c)
{
    const char *letter, *text = check_lower(c->text, c->mem);
    size_t n = 0;
    if (check_text(&letter, c, "letter") < 0)
        return c->e->code;
    letter = check_strip(letter, c->mem);
    if (strlen(letter) != 1 || !isalpha((unsigned char)*letter))
        return err_set(c->e, ERR_INPUT, "argument 'letter': one of A to Z is wanted, not '%s'",
                       letter);
    for (; *text; text++)
        n += *text == tolower((unsigned char)*letter);
    return check_relation(c, n, "let_frequency", "let_relation");
}

static int number_sentences(const struct checking *c)
{
    return check_relation(c, sentences_count(c->tools->sentences, c->text, c->mem),
                          "num_sentences", "relation");
}

static int number_words(const struct checking *c)
{
    size_t n;
    if (check_matches(&n, c, "\\w+", c->text) < 0)
        return c->e->code;
    return check_relation(c, n, "num_words", "relation");
}

static int number_paragraphs(const struct checking *c)
{
    const char *const *part;
    size_t n, k, want;
    if (check_count(&want, c, "num_paragraphs") < 0 ||
        check_split(&part, &n, c, "\\s?\\*\\*\\*\\s?", c->text) < 0)
        return c->e->code;
    k = n;
    for (size_t i = 0; i < n; i++) {
        if (!check_blank(part[i]))
            continue;
        if (i > 0 && i < n - 1)
            return 0;
        k--;
    }
    return k == want;
}

/* The paragraph's first word, small, up to its first punctuation mark. */
static const char *first_word(const char *paragraph, struct arena *mem)
{
    size_t n;
    const char *const *word = plain_split(&n, paragraph, mem);
    const char *s = n ? word[0] : "";
    s += strspn(s, "'");
    s += strspn(s, "\"");
    return check_lower(arena_strndup(mem, s, strcspn(s, ".,?!'\"")), mem);
}

static int nth_paragraph(const struct checking *c)
{
    const char *const *part, *word;
    size_t n, k, nth, want;
    if (check_count(&want, c, "num_paragraphs") < 0 || check_count(&nth, c, "nth_paragraph") < 0 ||
        check_text(&word, c, "first_word") < 0 || check_split(&part, &n, c, "\n\n", c->text) < 0)
        return c->e->code;
    if (nth < 1 || nth > want)
        return err_set(c->e, ERR_INPUT, "argument 'nth_paragraph': 1 to %zu is wanted", want);
    k = n;
    for (size_t i = 0; i < n; i++)
        k -= check_blank(part[i]);
    if (nth > k || check_blank(part[nth - 1]))
        return 0;
    return k == want && strcmp(first_word(part[nth - 1], c->mem),
                               check_lower(word, c->mem)) == 0;
}

static bool is_language(const struct checking *c, const char *want)
{
    const char *language = language_of(c->tools->languages, c->text, c->mem);
    return !language || strcmp(language, want) == 0; /* not known: upstream lets it pass */
}

static int response_language(const struct checking *c)
{
    const char *want;
    if (check_text(&want, c, "language") < 0)
        return c->e->code;
    return is_language(c, want);
}

static int english_capital(const struct checking *c)
{
    return check_is_upper(c->text, c->mem) && is_language(c, "en");
}

static int english_lowercase(const struct checking *c)
{
    return check_is_lower(c->text, c->mem) && is_language(c, "en");
}

static int capital_words(const struct checking *c)
{
    size_t n_word, n = 0;
    const char *const *word = sentences_words(&n_word, c->tools->sentences, c->tools->words,
                                              c->text, c->mem);
    *c->limit |= !word;
    for (size_t i = 0; word && i < n_word; i++)
        n += check_is_upper(word[i], c->mem);
    return check_relation(c, n, "capital_frequency", "capital_relation");
}

const struct instruction_kind instruction_words[] = {
    { "keywords:existence", keywords_existence },
    { "keywords:frequency", keywords_frequency },
    { "keywords:forbidden_words", keywords_forbidden },
    { "keywords:letter_frequency", letter_frequency },
    { "language:response_language", response_language },
    { "length_constraints:number_sentences", number_sentences },
    { "length_constraints:number_paragraphs", number_paragraphs },
    { "length_constraints:number_words", number_words },
    { "length_constraints:nth_paragraph_first_word", nth_paragraph },
    { "change_case:capital_word_frequency", capital_words },
    { "change_case:english_capital", english_capital },
    { "change_case:english_lowercase", english_lowercase },
    { NULL, NULL },
};
