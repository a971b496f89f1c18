#include "scorers/segmenter_lexicon.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { MAX_WORD = 64 };

/* The tree is one hash table: a node is found by its parent and its character,
 * and its number is its place + 1. */
struct node {
    uint32_t parent;
    int32_t code;  /* 0 = the place is free */
    double weight; /* while reading: the frequency; 0 then, or -INFINITY, for what
                      only begins words */
};

struct lexicon {
    struct node *node;
    uint32_t mask; /* places - 1 */
    double unknown;
};

struct entry {
    int32_t code[MAX_WORD];
    size_t n;
    double frequency;
};

struct lines {
    const char *at, *end;
    size_t number; /* of the latest, from 1 */
};

static int bad_line(const struct lines *in, struct err *e)
{
    return err_set(e, ERR_INPUT, "line %zu: a word of at most %d characters, a blank and its "
                                 "frequency are wanted", in->number, (int)MAX_WORD);
}

/* The digits at s, which end at a blank or with the line; negative if there are none. */
static double read_count(const char *s, const char *end)
{
    double value = 0;
    const char *p = s;
    while (p < end && *p >= '0' && *p <= '9')
        value = value * 10 + (*p++ - '0');
    while (p < end && *p == '\r')
        p++;
    return p == s || (p < end && *p != ' ') ? -1 : value;
}

/* 1 = an entry, 0 = the end. */
static int next_entry(struct entry *out, struct lines *in, struct err *e)
{
    if (in->at == in->end)
        return 0;
    in->number++;
    size_t len = (size_t)(in->end - in->at);
    const char *line = in->at, *newline = memchr(line, '\n', len);
    const char *end = newline ? newline : in->end;
    const char *blank = memchr(line, ' ', (size_t)(end - line));
    in->at = newline ? newline + 1 : in->end;
    out->n = 0;
    if (!blank)
        return bad_line(in, e);
    while (line < blank && out->n < MAX_WORD)
        line += utf8_next(line, (size_t)(blank - line), &out->code[out->n++]);
    out->frequency = read_count(blank + 1, end);
    return line == blank && out->n && out->frequency >= 0 ? 1 : bad_line(in, e);
}

/* How many characters two words have in common at their beginning. */
static size_t in_common(const struct entry *a, const struct entry *b)
{
    size_t n = 0;
    while (n < a->n && n < b->n && a->code[n] == b->code[n])
        n++;
    return n;
}

/* At most so many nodes, and the sum of the frequencies. Neighbours share their
 * beginning in a dictionary that is in order, so that little room is wasted. */
static int measure(size_t *n_node, double *total, const char *text, size_t len, struct err *e)
{
    struct lines in = { text, text + len, 0 };
    struct entry entry[2] = { { .n = 0 } };
    int rc;
    *n_node = 0;
    *total = 0;
    for (size_t i = 0; (rc = next_entry(&entry[i % 2], &in, e)) > 0; i++) {
        *n_node += entry[i % 2].n - in_common(&entry[0], &entry[1]);
        *total += entry[i % 2].frequency;
    }
    if (rc == 0 && *total == 0)
        return err_set(e, ERR_INPUT, "it has no word");
    return rc;
}

static uint32_t hash(uint32_t parent, int32_t code)
{
    uint32_t h = parent * 0x9E3779B1u ^ (uint32_t)code * 0x85EBCA77u;
    h ^= h >> 15;
    h *= 0x2C1B3C6Du;
    return h ^ h >> 13;
}

/* The place of a node, or the free one where it would stand. */
static struct node *find(const struct lexicon *l, uint32_t parent, int32_t code)
{
    uint32_t i = hash(parent, code) & l->mask;
    while (l->node[i].code && (l->node[i].parent != parent || l->node[i].code != code))
        i = (i + 1) & l->mask;
    return &l->node[i];
}

static uint32_t number_of(const struct lexicon *l, const struct node *node)
{
    return (uint32_t)(node - l->node) + 1;
}

static int fill(struct lexicon *l, const char *text, size_t len, struct err *e)
{
    struct lines in = { text, text + len, 0 };
    struct entry entry[2] = { { .n = 0 } };
    uint32_t path[MAX_WORD + 1] = { LEXICON_ROOT };
    int rc;
    for (size_t i = 0; (rc = next_entry(&entry[i % 2], &in, e)) > 0; i++) {
        const struct entry *now = &entry[i % 2];
        for (size_t k = in_common(&entry[0], &entry[1]); k < now->n; k++) {
            struct node *node = find(l, path[k], now->code[k]);
            node->parent = path[k];
            node->code = now->code[k];
            path[k + 1] = number_of(l, node);
        }
        l->node[path[now->n] - 1].weight = now->frequency;
    }
    return rc;
}

static void weigh(struct lexicon *l, double total)
{
    double log_total = log(total);
    for (uint32_t i = 0; i <= l->mask; i++) {
        double frequency = l->node[i].weight;
        l->node[i].weight = frequency > 0 ? log(frequency) - log_total : -INFINITY;
    }
    l->unknown = log(1) - log_total;
}

int lexicon_new(struct lexicon **out, const char *text, size_t len, struct err *e)
{
    size_t n_node, n_place = 16;
    double total;
    if (measure(&n_node, &total, text, len, e) < 0)
        return e->code;
    while (n_place < n_node * 2)
        n_place *= 2;
    struct lexicon *l = xcalloc(1, sizeof *l);
    l->node = xcalloc(n_place, sizeof *l->node);
    l->mask = (uint32_t)(n_place - 1);
    if (fill(l, text, len, e) < 0) {
        lexicon_free(l);
        return e->code;
    }
    weigh(l, total);
    *out = l;
    return 0;
}

void lexicon_free(struct lexicon *l)
{
    if (!l)
        return;
    free(l->node);
    free(l);
}

uint32_t lexicon_step(const struct lexicon *l, uint32_t node, int32_t code)
{
    const struct node *next = find(l, node, code);
    return next->code ? number_of(l, next) : LEXICON_NONE;
}

bool lexicon_is_word(const struct lexicon *l, uint32_t node)
{
    return l->node[node - 1].weight > -INFINITY;
}

double lexicon_weight(const struct lexicon *l, uint32_t node)
{
    return l->node[node - 1].weight;
}

double lexicon_unknown(const struct lexicon *l)
{
    return l->unknown;
}
