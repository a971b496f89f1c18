#include "scorers/sentences.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/pattern.h"
#include "base/strbuf.h"
#include "base/utf8.h"

enum { MAX_LINE = 4096 };

/* Where a word type was seen in training, and in which case; a bit each. */
enum {
    BEGIN_UPPER = 2,
    MID_UPPER = 4,
    ANY_UPPER = 2 + 4 + 8,
    BEGIN_LOWER = 16,
    ANY_LOWER = 16 + 32 + 64,
};

#define NON_WORD "[)\";}\\]*:@'({\\[‘’“”«»?!]"
#define MULTI "(?:-{2,}|\\.{2,}|(?:\\.\\s){2,}\\.)"

/* A character that may end a sentence; group 1 what follows it, group 2 the next
 * word, where white space is between. */
static const char context_text[] = "[.?!](?=(" NON_WORD "|\\s+(\\S+)))";

static const char word_text[] =
    MULTI "|(?=[^(\"`{\\[:;&#*@)}\\]\\-,])\\S+?(?=\\s|$|" NON_WORD "|" MULTI
          "|,(?=$|\\s|" NON_WORD "|" MULTI "))|\\S";

static const char realign_text[] = "(?m)\\A[\"')\\]}‘’“”«»]+?(?:\\s+|(?=--)|$)";

static const char number_text[] = "^-?[.,]?\\d[\\d,.\\-]*\\.?$";
static const char initial_text[] = "^[^\\W\\d]\\.$";

/* One line of a file: a word, and what stands behind the tab. */
struct entry {
    const char *word, *value;
};

struct table {
    struct entry *entry; /* sorted by word, then value */
    size_t n, cap;
};

struct sentences {
    struct table abbreviation, collocation, context, starter;
    struct pattern *potential, *word, *realign, *number, *initial;
    struct arena mem;
};

/* ---- the trained parameters */

static int by_entry(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->word, y->word);
    return order ? order : strcmp(x->value, y->value);
}

static void add_entry(struct table *t, const char *line, size_t len, struct arena *mem)
{
    const char *tab = memchr(line, '\t', len);
    size_t n = tab ? (size_t)(tab - line) : len;
    t->entry = grow(t->entry, t->n, &t->cap, sizeof *t->entry);
    t->entry[t->n++] = (struct entry){
        .word = arena_strndup(mem, line, n),
        .value = tab ? arena_strndup(mem, tab + 1, len - n - 1) : "",
    };
}

static int read_table(struct table *t, const char *folder, const char *name, struct arena *mem,
                      struct err *e)
{
    struct line_reader *r = NULL;
    const char *line, *path = arena_printf(mem, "%s/%s", folder, name);
    size_t len;
    int rc;
    if (line_open(&r, path, MAX_LINE, e) < 0)
        return e->code;
    while ((rc = line_next(r, &line, &len, e)) == 1)
        if (len)
            add_entry(t, line, len, mem);
    line_close(r);
    if (rc < 0)
        return rc;
    if (!t->n)
        return err_set(e, ERR_INPUT, "%s: the file is empty", path);
    qsort(t->entry, t->n, sizeof *t->entry, by_entry);
    return 0;
}

/* With value NULL, the first entry of the word. */
static const struct entry *find(const struct table *t, const char *word, const char *value)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = strcmp(t->entry[mid].word, word);
        if (order == 0 && value)
            order = strcmp(t->entry[mid].value, value);
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    const struct entry *found = low < t->n ? &t->entry[low] : NULL;
    bool same = found && strcmp(found->word, word) == 0 &&
                (!value || strcmp(found->value, value) == 0);
    return same ? found : NULL;
}

int sentences_open(struct sentences **out, const char *folder, struct err *e)
{
    struct sentences *s = xcalloc(1, sizeof *s);
    if (read_table(&s->abbreviation, folder, "abbrev_types.txt", &s->mem, e) < 0 ||
        read_table(&s->collocation, folder, "collocations.tab", &s->mem, e) < 0 ||
        read_table(&s->context, folder, "ortho_context.tab", &s->mem, e) < 0 ||
        read_table(&s->starter, folder, "sent_starters.txt", &s->mem, e) < 0 ||
        pattern_new(&s->potential, context_text, e) < 0 ||
        pattern_new(&s->word, word_text, e) < 0 ||
        pattern_new(&s->realign, realign_text, e) < 0 ||
        pattern_new(&s->number, number_text, e) < 0 ||
        pattern_new(&s->initial, initial_text, e) < 0) {
        sentences_close(s);
        return e->code;
    }
    *out = s;
    return 0;
}

void sentences_close(struct sentences *s)
{
    if (!s)
        return;
    free(s->abbreviation.entry);
    free(s->collocation.entry);
    free(s->context.entry);
    free(s->starter.entry);
    pattern_free(s->potential);
    pattern_free(s->word);
    pattern_free(s->realign);
    pattern_free(s->number);
    pattern_free(s->initial);
    arena_release(&s->mem);
    free(s);
}

/* ---- words between which a sentence may end */

struct word {
    const char *text, *type; /* type: small letters, numbers all the same */
    bool breaks, abbreviation, ellipsis;
};

struct reading {
    const struct sentences *s;
    struct arena *mem;
};

static bool matches(const struct pattern *p, const char *text)
{
    struct match m;
    return pattern_find(p, text, strlen(text), 0, 0, &m) == FOUND_MATCH;
}

static const char *lower(const struct reading *r, const char *text, size_t len)
{
    struct strbuf b = STRBUF_INIT;
    utf8_lower(&b, text, len);
    const char *out = arena_strndup(r->mem, b.len ? b.s : "", b.len);
    strbuf_release(&b);
    return out;
}

static bool ends(const char *text, const char *with)
{
    size_t n = strlen(text), k = strlen(with);
    return n >= k && strcmp(text + n - k, with) == 0;
}

static const char *without_period(const struct reading *r, const char *type)
{
    size_t n = strlen(type);
    return n > 1 && type[n - 1] == '.' ? arena_strndup(r->mem, type, n - 1) : type;
}

static bool is_ellipsis(const char *text)
{
    return strlen(text) > 1 && text[strspn(text, ".")] == '\0';
}

static bool is_abbreviation(const struct reading *r, const char *text)
{
    const char *bare = lower(r, text, strlen(text) - 1), *dash = strrchr(bare, '-');
    return find(&r->s->abbreviation, bare, NULL) ||
           (dash && find(&r->s->abbreviation, dash + 1, NULL));
}

/* What the word alone says. */
static struct word read_word(const struct reading *r, const char *text)
{
    struct word w = { .text = text, .type = lower(r, text, strlen(text)) };
    if (matches(r->s->number, w.type))
        w.type = "##number##";
    if (strlen(text) == 1 && strchr(".?!", *text))
        w.breaks = true;
    else if (is_ellipsis(text))
        w.ellipsis = true;
    else if (ends(text, ".") && !ends(text, ".."))
        *(is_abbreviation(r, text) ? &w.abbreviation : &w.breaks) = true;
    return w;
}

static int32_t first(const struct word *w)
{
    int32_t code;
    utf8_next(w->text, strlen(w->text), &code);
    return code;
}

static unsigned context_of(const struct reading *r, const char *type)
{
    const struct entry *found = find(&r->s->context, type, NULL);
    return found ? (unsigned)strtoul(found->value, NULL, 10) : 0;
}

enum begins { NO, YES, UNKNOWN };

/* Does the word begin a sentence, by how it is written here and was in training? */
static enum begins begins_sentence(const struct reading *r, const struct word *w,
                                   const char *type)
{
    unsigned seen = context_of(r, type);
    if (strlen(w->text) == 1 && strchr(";:,.!?", *w->text))
        return NO;
    if (utf8_is_upper(first(w)) && (seen & ANY_LOWER) && !(seen & MID_UPPER))
        return YES;
    if (utf8_is_lower(first(w)) && ((seen & ANY_UPPER) || !(seen & BEGIN_LOWER)))
        return NO;
    return UNKNOWN;
}

static void set_abbreviation(struct word *w)
{
    w->breaks = false;
    w->abbreviation = true;
}

/* What the word after it says (Kiss and Strunk, section 4). */
static void look_ahead(const struct reading *r, struct word *w, const struct word *next)
{
    if (!ends(w->text, "."))
        return;
    const char *type = without_period(r, w->type);
    const char *next_type = next->breaks ? without_period(r, next->type) : next->type;
    bool initial = matches(r->s->initial, w->text);
    if (find(&r->s->collocation, type, next_type)) {
        set_abbreviation(w);
        return;
    }
    enum begins begins = begins_sentence(r, next, next_type);
    bool capital = utf8_is_upper(first(next));
    if ((w->abbreviation || w->ellipsis) && !initial &&
        (begins == YES || (capital && find(&r->s->starter, next_type, NULL)))) {
        w->breaks = true;
        return;
    }
    if (!initial && strcmp(type, "##number##") != 0)
        return;
    if (begins == NO || (begins == UNKNOWN && initial && capital &&
                         !(context_of(r, next_type) & ANY_LOWER)))
        set_abbreviation(w);
}

/* Does a sentence end within these few words, before the last of them? */
static bool has_break(const struct reading *r, const char *text)
{
    struct match m;
    struct word before = { 0 };
    size_t len = strlen(text);
    for (size_t from = 0; from < len; from = m.end) {
        if (pattern_find(r->s->word, text, len, from, 0, &m) != FOUND_MATCH)
            break;
        struct word w = read_word(r, arena_strndup(r->mem, text + m.from, m.len));
        if (before.text) {
            look_ahead(r, &before, &w);
            if (before.breaks)
                return true;
        }
        before = w;
    }
    return false;
}

/* ---- sentences */

struct span {
    size_t from, to;
};

struct spans {
    struct span *span;
    size_t n;
};

static size_t rstripped(const char *text, size_t len)
{
    return len - utf8_space_after(text, len);
}

/* A place where a sentence may end. */
struct place {
    size_t word; /* where the word before it begins */
    struct match mark, after, next;
};

/* Behind the last white space of ASCII between from and to; where there is none, or
 * it stands at from, the word goes on that began at `word`. */
static size_t word_before(const char *text, size_t from, size_t to, size_t word)
{
    for (size_t i = to; i > from + 1; i--)
        if (strchr(" \t\n\r\v\f", text[i - 1]))
            return i;
    return word;
}

static void take_break(struct spans *out, size_t *begin, const struct reading *r,
                       const char *text, const struct place *p)
{
    const char *around = arena_strndup(r->mem, text + p->word,
                                       p->after.from + p->after.len - p->word);
    if (!has_break(r, around))
        return;
    out->span[out->n++] = (struct span){ *begin, p->mark.end };
    *begin = p->next.len ? p->next.from : p->mark.end;
}

/* The next place, where `before` is the one before it. */
static bool next_place(struct place *out, const struct sentences *s, const char *text,
                       size_t len, const struct place *before)
{
    size_t from = before->mark.end;
    if (pattern_find(s->potential, text, len, from, 0, &out->mark) != FOUND_MATCH ||
        pattern_find(s->potential, text, len, from, 1, &out->after) != FOUND_MATCH ||
        pattern_find(s->potential, text, len, from, 2, &out->next) != FOUND_MATCH)
        return false;
    out->word = word_before(text, before->mark.from, out->mark.from, before->word);
    return true;
}

/* Of several marks behind one word only the last counts. */
static void cut(struct spans *out, const struct reading *r, const char *text)
{
    size_t len = strlen(text), begin = 0;
    struct place before = { 0 }, p;
    while (next_place(&p, r->s, text, len, &before)) {
        if (before.mark.len && before.mark.from <= p.word)
            take_break(out, &begin, r, text, &before);
        before = p;
    }
    if (before.mark.len)
        take_break(out, &begin, r, text, &before);
    out->span[out->n++] = (struct span){ begin, rstripped(text, len) };
}

/* Closing quotes and brackets belong to the sentence before them. */
static void realign(struct spans *s, const struct reading *r, const char *text)
{
    size_t n = 0, shift = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct match m = { 0 };
        struct span one = { s->span[i].from + shift, s->span[i].to };
        const struct span *next = i + 1 < s->n ? &s->span[i + 1] : NULL;
        bool found = false;
        if (next && next->to > next->from) {
            const char *piece = arena_strndup(r->mem, text + next->from, next->to - next->from);
            found = pattern_find(r->s->realign, piece, strlen(piece), 0, 0, &m) == FOUND_MATCH;
        }
        shift = found ? m.end : 0;
        if (found)
            one.to = next->from + rstripped(text + next->from, m.end);
        if (found || one.from < one.to)
            s->span[n++] = one;
    }
    s->n = n;
}

const char *const *sentences_split(size_t *n, const struct sentences *s, const char *text,
                                   struct arena *mem)
{
    struct reading r = { s, mem };
    struct spans spans = { arena_array(mem, strlen(text) + 2, sizeof *spans.span), 0 };
    cut(&spans, &r, text);
    realign(&spans, &r, text);
    const char **out = arena_array(mem, spans.n + 1, sizeof *out);
    for (size_t i = 0; i < spans.n; i++)
        out[i] = arena_strndup(mem, text + spans.span[i].from,
                               spans.span[i].to - spans.span[i].from);
    *n = spans.n;
    return out;
}

size_t sentences_count(const struct sentences *s, const char *text, struct arena *mem)
{
    size_t n;
    (void)sentences_split(&n, s, text, mem);
    return n;
}

/* A list in the arena that grows to twice its size. */
struct list {
    const char **word;
    size_t n, cap;
};

static void add_words(struct list *l, const char *const *word, size_t n, struct arena *mem)
{
    if (l->n + n > l->cap) {
        l->cap = 2 * (l->n + n);
        const char **grown = arena_array(mem, l->cap, sizeof *grown);
        if (l->n)
            memcpy(grown, l->word, l->n * sizeof *grown);
        l->word = grown;
    }
    if (n)
        memcpy(l->word + l->n, word, n * sizeof *word);
    l->n += n;
}

const char *const *sentences_words(size_t *n, const struct sentences *s,
                                   const struct treebank *words, const char *text,
                                   struct arena *mem)
{
    size_t n_sentence, n_word;
    const char *const *sentence = sentences_split(&n_sentence, s, text, mem);
    struct list all = { arena_array(mem, 1, sizeof *all.word), 0, 1 };
    for (size_t i = 0; i < n_sentence; i++) {
        const char *const *word = treebank_words(&n_word, words, sentence[i], mem);
        if (!word)
            return NULL;
        add_words(&all, word, n_word, mem);
    }
    *n = all.n;
    return all.word;
}
