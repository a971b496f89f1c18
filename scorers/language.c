#include "scorers/language.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/pyrandom.h"
#include "base/strbuf.h"
#include "base/substitute.h"
#include "base/utf8.h"

/* Detector's own constants. */
enum { N_GRAM = 3, N_TRIAL = 7, MAX_TEXT = 10000, MAX_ITERATION = 1000, MAX_LANGUAGES = 64 };
static const double ALPHA = 0.5, ALPHA_WIDTH = 0.05, BASE_FREQ = 10000;
static const double CONVERGED = 0.99999, THRESHOLD = 0.1;

enum { FILE_MAX = 1 << 22 };

/* How often an n-gram is found in a language's texts. */
struct share {
    uint64_t gram; /* up to three characters of 21 bits */
    uint32_t language;
    double share;
};

/* Ideographs of one class count as the first of it. */
struct kanji {
    int32_t from, to;
};

struct languages {
    const char *name[MAX_LANGUAGES];
    size_t n;
    struct share *share; /* sorted by gram, then language */
    size_t n_share, cap_share;
    struct kanji *kanji; /* sorted by from */
    size_t n_kanji, cap_kanji;
    int32_t letter[64], mark[8], composed[8][64]; /* Vietnamese, each ended by 0 */
    int32_t excluded[16];                         /* of Latin-1 */
    struct substitute *addresses;
    struct arena mem;
};

/* ---- reading langdetect's files */

/* The characters of "\u4F7C\u6934ab"; *n at most cap. */
static void read_escaped(int32_t *out, size_t *n, size_t cap, const char *s)
{
    *n = 0;
    while (*s && *n < cap) {
        if (s[0] == '\\' && s[1] == 'u') {
            char hex[5] = "";
            memcpy(hex, s + 2, strnlen(s + 2, 4));
            out[(*n)++] = (int32_t)strtol(hex, NULL, 16);
            s += 2 + strlen(hex);
        } else {
            out[(*n)++] = (unsigned char)*s++;
        }
    }
}

static void add_kanji(struct languages *l, const char *text)
{
    int32_t code[1024];
    size_t n;
    read_escaped(code, &n, 1024, text);
    for (size_t i = 0; i < n; i++) {
        l->kanji = grow(l->kanji, l->n_kanji, &l->cap_kanji, sizeof *l->kanji);
        l->kanji[l->n_kanji++] = (struct kanji){ code[i], code[0] };
    }
}

static void add_message(struct languages *l, const char *key, const char *value)
{
    static const char composed[] = "NORMALIZED_VI_CHARS_";
    static const char *const marks[] = { "0300", "0301", "0303", "0309", "0323" };
    size_t n;
    if (strncmp(key, "NGram.KANJI_", 12) == 0)
        add_kanji(l, value);
    else if (strcmp(key, "NGram.LATIN1_EXCLUDE") == 0)
        read_escaped(l->excluded, &n, 15, value);
    else if (strcmp(key, "TO_NORMALIZE_VI_CHARS") == 0)
        read_escaped(l->letter, &n, 63, value);
    else if (strcmp(key, "DMARK_CLASS") == 0)
        read_escaped(l->mark, &n, 7, value);
    for (size_t i = 0; i < 5 && strncmp(key, composed, sizeof composed - 1) == 0; i++)
        if (strcmp(key + sizeof composed - 1, marks[i]) == 0)
            read_escaped(l->composed[i], &n, 63, value);
}

static int by_kanji(const void *a, const void *b)
{
    const struct kanji *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static int read_messages(struct languages *l, const char *folder, struct err *e)
{
    struct line_reader *r = NULL;
    const char *path = arena_printf(&l->mem, "%s/utils/messages.properties", folder), *line;
    size_t len;
    int rc;
    if (line_open(&r, path, 1 << 16, e) < 0)
        return e->code;
    while ((rc = line_next(r, &line, &len, e)) == 1) {
        const char *sign = memchr(line, '=', len);
        if (sign)
            add_message(l, arena_strndup(&l->mem, line, (size_t)(sign - line)), sign + 1);
    }
    line_close(r);
    if (rc < 0)
        return rc;
    if (!l->n_kanji || !l->letter[0] || !l->mark[0] || !l->composed[4][0] || !l->excluded[0])
        return err_set(e, ERR_INPUT, "%s: not langdetect's file", path);
    qsort(l->kanji, l->n_kanji, sizeof *l->kanji, by_kanji);
    return 0;
}

static uint64_t gram_of(const int32_t *code, size_t n)
{
    uint64_t gram = 0;
    for (size_t i = 0; i < n; i++)
        gram = gram << 21 | (uint64_t)code[i];
    return gram;
}

static void add_share(struct languages *l, const char *gram, double count,
                      const double *n_words)
{
    int32_t code[N_GRAM];
    size_t n = 0;
    for (size_t len = strlen(gram); len > 0 && n < N_GRAM; n++) {
        size_t step = utf8_next(gram, len, &code[n]);
        gram += step;
        len -= step;
    }
    if (!n || *gram)
        return;
    l->share = grow(l->share, l->n_share, &l->cap_share, sizeof *l->share);
    l->share[l->n_share++] = (struct share){ gram_of(code, n), (uint32_t)l->n,
                                             count / n_words[n - 1] };
}

static int add_profile(struct languages *l, const cJSON *tree, struct err *e)
{
    const cJSON *freq = json_get(tree, "freq"), *words = json_get(tree, "n_words"), *item;
    const char *name = json_text(tree, "name", NULL);
    double n_words[N_GRAM];
    if (!name || !cJSON_IsObject(freq) || cJSON_GetArraySize(words) != N_GRAM ||
        l->n == MAX_LANGUAGES)
        return err_set(e, ERR_INPUT, "not a profile of langdetect");
    for (int i = 0; i < N_GRAM; i++)
        n_words[i] = cJSON_GetArrayItem(words, i)->valuedouble;
    cJSON_ArrayForEach(item, freq)
        add_share(l, item->string, item->valuedouble, n_words);
    l->name[l->n++] = arena_strdup(&l->mem, name);
    return 0;
}

static int read_profile(struct languages *l, const char *path, struct err *e)
{
    struct strbuf text = STRBUF_INIT;
    cJSON *tree = NULL;
    int rc = file_read(&text, path, FILE_MAX, e);
    if (rc == 0 && (rc = json_parse(&tree, text.s, text.len, e)) == 0)
        rc = add_profile(l, tree, e);
    cJSON_Delete(tree);
    strbuf_release(&text);
    return rc < 0 ? err_in(e, "%s", path) : 0;
}

static int by_gram(const void *a, const void *b)
{
    const struct share *x = a, *y = b;
    if (x->gram != y->gram)
        return x->gram < y->gram ? -1 : 1;
    return (x->language > y->language) - (x->language < y->language);
}

static int read_profiles(struct languages *l, const char *folder, struct err *e)
{
    const char **name, *dir = arena_printf(&l->mem, "%s/profiles", folder);
    size_t n;
    if (file_list(&name, &n, dir, &l->mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (read_profile(l, arena_printf(&l->mem, "%s/%s", dir, name[i]), e) < 0)
            return e->code;
    if (!l->n)
        return err_set(e, ERR_INPUT, "%s: there is no profile", dir);
    qsort(l->share, l->n_share, sizeof *l->share, by_gram);
    return 0;
}

int languages_open(struct languages **out, const char *folder, struct err *e)
{
    static const struct substitution addresses[] = {
        { "https?://[-_.?&~;+=/#0-9A-Za-z]{1,2076}", " " },
        { "[-_.0-9A-Za-z]{1,64}@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255}", " " },
        { NULL, NULL },
    };
    struct languages *l = xcalloc(1, sizeof *l);
    if (read_messages(l, folder, e) < 0 || read_profiles(l, folder, e) < 0 ||
        substitute_new(&l->addresses, addresses, e) < 0) {
        languages_close(l);
        return e->code;
    }
    *out = l;
    return 0;
}

void languages_close(struct languages *l)
{
    if (!l)
        return;
    substitute_free(l->addresses);
    free(l->share);
    free(l->kanji);
    arena_release(&l->mem);
    free(l);
}

/* ---- the text */

struct text {
    int32_t *code;
    size_t n;
};

static size_t place_in(const int32_t *list, int32_t code)
{
    size_t i = 0;
    while (list[i] && list[i] != code)
        i++;
    return list[i] ? i : SIZE_MAX;
}

/* A Vietnamese letter and the mark behind it become one character. */
static void compose(struct text *t, const struct languages *l)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        size_t letter = place_in(l->letter, t->code[i]);
        size_t mark = i + 1 < t->n ? place_in(l->mark, t->code[i + 1]) : SIZE_MAX;
        bool both = letter != SIZE_MAX && mark != SIZE_MAX;
        t->code[n++] = both ? l->composed[mark][letter] : t->code[i];
        i += both;
    }
    t->n = n;
}

/* One space for several, and not more than MAX_TEXT characters looked at. */
static void shorten(struct text *t)
{
    size_t n = 0, all = t->n < MAX_TEXT ? t->n : MAX_TEXT;
    int32_t before = 0;
    for (size_t i = 0; i < all; i++) {
        int32_t code = t->code[i];
        if (code != ' ' || before != ' ')
            t->code[n++] = code;
        before = code;
    }
    t->n = n;
}

/* A text that is mostly not in Latin letters loses those. */
static void drop_latin(struct text *t)
{
    size_t latin = 0, other = 0, n = 0;
    for (size_t i = 0; i < t->n; i++) {
        latin += t->code[i] >= 'A' && t->code[i] <= 'z';
        other += t->code[i] >= 0x300;
    }
    if (latin * 2 >= other)
        return;
    for (size_t i = 0; i < t->n; i++)
        if (t->code[i] < 'A' || t->code[i] > 'z')
            t->code[n++] = t->code[i];
    t->n = n;
}

static struct text read_text(const struct languages *l, const char *text, struct arena *mem)
{
    size_t len = strlen(text);
    struct text t = { arena_array(mem, len + 1, sizeof *t.code), 0 };
    while (len > 0) {
        size_t step = utf8_next(text, len, &t.code[t.n++]);
        text += step;
        len -= step;
    }
    compose(&t, l);
    shorten(&t);
    drop_latin(&t);
    return t;
}

/* ---- its n-grams */

static bool within(int32_t code, int32_t first, int32_t last)
{
    return code >= first && code <= last;
}

static int32_t ideograph(const struct languages *l, int32_t code)
{
    struct kanji key = { code, 0 };
    const struct kanji *found = bsearch(&key, l->kanji, l->n_kanji, sizeof key, by_kanji);
    return found ? found->to : code;
}

/* Characters that tell nothing apart become one; by Unicode's blocks. */
static int32_t normal(const struct languages *l, int32_t c)
{
    if (c < 0x80)
        return within(c, 'A', 'Z') || within(c, 'a', 'z') ? c : ' ';
    if (c <= 0xFF)
        return place_in(l->excluded, c) == SIZE_MAX ? c : ' ';
    if (c == 0x219 || c == 0x21B)
        return c == 0x219 ? 0x15F : 0x163;
    if (within(c, 0x2000, 0x206F))
        return ' ';
    if (c == 0x6CC)
        return 0x64A;
    if (within(c, 0x1EA0, 0x1EFF))
        return 0x1EC3;
    if (within(c, 0x3040, 0x309F))
        return 0x3042;
    if (within(c, 0x30A0, 0x30FF))
        return 0x30A2;
    if (within(c, 0x3100, 0x312F) || within(c, 0x31A0, 0x31BF))
        return 0x3105;
    if (within(c, 0x4E00, 0x9FFF))
        return ideograph(l, c);
    return within(c, 0xAC00, 0xD7AF) ? 0xAC00 : c;
}

/* The last up to three characters; a new word begins with a space. */
struct window {
    int32_t code[N_GRAM + 1];
    size_t n;
    bool capitals; /* within a word in capitals */
};

static void window_add(struct window *w, int32_t code)
{
    int32_t last = w->code[w->n - 1];
    if (last == ' ') {
        *w = (struct window){ { ' ' }, 1, false };
        if (code == ' ')
            return;
    } else if (w->n >= N_GRAM) {
        memmove(w->code, w->code + 1, --w->n * sizeof *w->code);
    }
    w->code[w->n++] = code;
    if (!utf8_is_upper(code))
        w->capitals = false;
    else if (utf8_is_upper(last))
        w->capitals = true;
}

/* The shares of one n-gram in the languages that have it. */
struct gram {
    const struct share *share;
    size_t n;
};

static struct gram find_gram(const struct languages *l, uint64_t key)
{
    size_t low = 0, high = l->n_share, n = 0;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (l->share[mid].gram < key)
            low = mid + 1;
        else
            high = mid;
    }
    while (low + n < l->n_share && l->share[low + n].gram == key)
        n++;
    return (struct gram){ l->share + low, n };
}

static struct gram *extract(size_t *n, const struct languages *l, const struct text *t,
                            struct arena *mem)
{
    struct gram *out = arena_array(mem, N_GRAM * t->n + 1, sizeof *out);
    struct window w = { { ' ' }, 1, false };
    *n = 0;
    for (size_t i = 0; i < t->n; i++) {
        window_add(&w, normal(l, t->code[i]));
        for (size_t k = 1; k <= w.n && !w.capitals; k++) {
            const int32_t *code = w.code + w.n - k;
            struct gram g = find_gram(l, gram_of(code, k));
            if (g.n && (k > 1 || *code != ' '))
                out[(*n)++] = g;
        }
    }
    return out;
}

/* ---- the classifier */

static void update(double *p, size_t n, const struct gram *g, double weight)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        double share = k < g->n && g->share[k].language == i ? g->share[k++].share : 0;
        p[i] *= weight + share;
    }
}

static double normalize(double *p, size_t n)
{
    double sum = 0, most = 0;
    for (size_t i = 0; i < n; i++)
        sum += p[i];
    for (size_t i = 0; i < n; i++) {
        p[i] /= sum;
        most = p[i] > most ? p[i] : most;
    }
    return most;
}

static void trial(double *p, size_t n, const struct gram *gram, size_t n_gram,
                  struct pyrandom *random)
{
    double alpha = ALPHA + pyrandom_normal(random) * ALPHA_WIDTH;
    for (size_t i = 0; i < n; i++)
        p[i] = 1.0 / (double)n;
    for (int i = 0;; i++) {
        update(p, n, &gram[pyrandom_below(random, (uint32_t)n_gram)], alpha / BASE_FREQ);
        if (i % 5 == 0 && (normalize(p, n) > CONVERGED || i >= MAX_ITERATION))
            break;
    }
}

const char *language_of(const struct languages *l, const char *text, struct arena *mem)
{
    double all[MAX_LANGUAGES] = { 0 }, one[MAX_LANGUAGES];
    size_t n, best = 0;
    struct pyrandom random;
    const char *plain = substitute_all(l->addresses, text, mem);
    struct text t = read_text(l, plain ? plain : text, mem);
    struct gram *gram = extract(&n, l, &t, mem);
    if (!n)
        return NULL;
    pyrandom_seed(&random, 0);
    for (int k = 0; k < N_TRIAL; k++) {
        trial(one, l->n, gram, n, &random);
        for (size_t i = 0; i < l->n; i++)
            all[i] += one[i] / N_TRIAL;
    }
    for (size_t i = 1; i < l->n; i++)
        best = all[i] > all[best] ? i : best;
    return all[best] > THRESHOLD ? l->name[best] : "unknown";
}
