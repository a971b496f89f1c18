#include "scorers/porter.h"

#include <stdbool.h>
#include <string.h>

struct word {
    char *s;
    size_t len;
};

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/* A y is a consonant at the beginning and behind a vowel, itself included: of a
 * run of them every other one is. */
static bool is_consonant(const char *s, size_t i)
{
    bool other = false;
    for (; i && s[i] == 'y'; i--)
        other = !other;
    return !is_vowel(s[i]) != other;
}

/* How many times a vowel is followed by a consonant. */
static size_t measure(const char *s, size_t len)
{
    size_t n = 0;
    bool vowel_before = false;
    for (size_t i = 0; i < len; i++) {
        bool vowel = is_vowel(s[i]) || (s[i] == 'y' && i && !vowel_before);
        n += vowel_before && !vowel;
        vowel_before = vowel;
    }
    return n;
}

static bool has_vowel(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (is_vowel(s[i]) || (s[i] == 'y' && i)) /* a y is one behind a consonant */
            return true;
    return false;
}

static bool ends_double_consonant(const struct word *w)
{
    return w->len >= 2 && w->s[w->len - 1] == w->s[w->len - 2] &&
           is_consonant(w->s, w->len - 1);
}

/* Consonant, vowel, and a consonant other than w, x and y; of two letters, vowel
 * and any consonant. */
static bool ends_cvc(const char *s, size_t len)
{
    if (len == 2)
        return !is_consonant(s, 0) && is_consonant(s, 1);
    return len >= 3 && is_consonant(s, len - 3) && !is_consonant(s, len - 2) &&
           is_consonant(s, len - 1) && !strchr("wxy", s[len - 1]);
}

static bool ends(const struct word *w, const char *suffix)
{
    size_t n = strlen(suffix);
    return w->len >= n && memcmp(w->s + w->len - n, suffix, n) == 0;
}

/* What is left of the word without its last n letters, with `tail` behind it. */
static void replace(struct word *w, size_t n, const char *tail)
{
    size_t add = strlen(tail);
    w->len -= n;
    memcpy(w->s + w->len, tail, add);
    w->len += add;
}

struct rule {
    const char *suffix, *tail;
};

/* The first rule whose suffix the word has is the one that counts: it is applied
 * if what stands before the suffix has a measure of more than `least`. */
static void apply(struct word *w, const struct rule *rule, size_t least)
{
    while (rule->suffix && !ends(w, rule->suffix))
        rule++;
    if (!rule->suffix)
        return;
    size_t n = strlen(rule->suffix);
    if (measure(w->s, w->len - n) > least)
        replace(w, n, rule->tail);
}

/* Plurals. */
static void step1a(struct word *w)
{
    if (ends(w, "ies"))
        replace(w, 3, w->len == 4 ? "ie" : "i");
    else if (ends(w, "sses"))
        replace(w, 2, "");
    else if (ends(w, "s") && !ends(w, "ss"))
        replace(w, 1, "");
}

/* Behind a word that has lost -ed or -ing. */
static void mend(struct word *w)
{
    char last = w->s[w->len - 1];
    if (ends(w, "at") || ends(w, "bl") || ends(w, "iz"))
        replace(w, 0, "e");
    else if (ends_double_consonant(w))
        w->len -= !strchr("lsz", last);
    else if (measure(w->s, w->len) == 1 && ends_cvc(w->s, w->len))
        replace(w, 0, "e");
}

/* -ed and -ing. */
static void step1b(struct word *w)
{
    if (ends(w, "ied")) {
        replace(w, 3, w->len == 4 ? "ie" : "i");
    } else if (ends(w, "eed")) {
        w->len -= measure(w->s, w->len - 3) > 0;
    } else if (ends(w, "ed") && has_vowel(w->s, w->len - 2)) {
        w->len -= 2;
        mend(w);
    } else if (ends(w, "ing") && has_vowel(w->s, w->len - 3)) {
        w->len -= 3;
        mend(w);
    }
}

static void step1c(struct word *w)
{
    if (ends(w, "y") && w->len > 2 && is_consonant(w->s, w->len - 2))
        w->s[w->len - 1] = 'i';
}

static void step2(struct word *w)
{
    static const struct rule rules[] = {
        { "ational", "ate" }, { "tional", "tion" }, { "enci", "ence" },   { "anci", "ance" },
        { "izer", "ize" },    { "bli", "ble" },     { "alli", "al" },     { "entli", "ent" },
        { "eli", "e" },       { "ousli", "ous" },   { "ization", "ize" }, { "ation", "ate" },
        { "ator", "ate" },    { "alism", "al" },    { "iveness", "ive" }, { "fulness", "ful" },
        { "ousness", "ous" }, { "aliti", "al" },    { "iviti", "ive" },   { "biliti", "ble" },
        { "fulli", "ful" },   { NULL, NULL },
    };
    while (ends(w, "alli") && measure(w->s, w->len - 4))
        replace(w, 4, "al");
    if (!ends(w, "logi"))
        apply(w, rules, 0);
    else if (measure(w->s, w->len - 3)) /* the l belongs to what is measured */
        replace(w, 1, "");
}

static void step3(struct word *w)
{
    static const struct rule rules[] = {
        { "icate", "ic" }, { "ative", "" }, { "alize", "al" }, { "iciti", "ic" },
        { "ical", "ic" },  { "ful", "" },   { "ness", "" },    { NULL, NULL },
    };
    apply(w, rules, 0);
}

static void step4(struct word *w)
{
    static const struct rule rules[] = {
        { "al", "" },   { "ance", "" }, { "ence", "" },  { "er", "" },   { "ic", "" },
        { "able", "" }, { "ible", "" }, { "ant", "" },   { "ement", "" }, { "ment", "" },
        { "ent", "" },  { "ou", "" },   { "ism", "" },   { "ate", "" },  { "iti", "" },
        { "ous", "" },  { "ive", "" },  { "ize", "" },   { NULL, NULL },
    };
    if (!ends(w, "ion"))
        apply(w, rules, 1);
    else if (w->len > 3 && strchr("st", w->s[w->len - 4]) && measure(w->s, w->len - 3) > 1)
        w->len -= 3;
}

static void step5(struct word *w)
{
    if (ends(w, "e")) {
        size_t m = measure(w->s, w->len - 1);
        w->len -= m > 1 || (m == 1 && !ends_cvc(w->s, w->len - 1));
    }
    if (ends(w, "ll") && measure(w->s, w->len - 1) > 1)
        w->len--;
}

static bool irregular(struct word *w)
{
    static const char *const forms[][2] = {
        { "sky", "sky" },         { "skies", "sky" },       { "dying", "die" },
        { "lying", "lie" },       { "tying", "tie" },       { "news", "news" },
        { "innings", "inning" },  { "inning", "inning" },   { "outings", "outing" },
        { "outing", "outing" },   { "cannings", "canning" }, { "canning", "canning" },
        { "howe", "howe" },       { "proceed", "proceed" }, { "exceed", "exceed" },
        { "succeed", "succeed" },
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (w->len == strlen(forms[i][0]) && memcmp(w->s, forms[i][0], w->len) == 0) {
            replace(w, w->len, forms[i][1]);
            return true;
        }
    return false;
}

size_t porter_stem(char *word, size_t len)
{
    struct word w = { word, len };
    if (irregular(&w) || len <= 2)
        return w.len;
    step1a(&w);
    step1b(&w);
    step1c(&w);
    step2(&w);
    step3(&w);
    step4(&w);
    step5(&w);
    return w.len;
}
