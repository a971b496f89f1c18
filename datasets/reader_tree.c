#include "datasets/reader_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* One segment of the path, and where it leads to at present. */
struct tree_step {
    const char *name;
    size_t len;
    size_t index; /* of `to` among its neighbours, for "*" */
};

static const char *rows_path(const struct tree_reader *d)
{
    return d->base.form->rows ? d->base.form->rows : "*";
}

static void split_path(struct tree_reader *d)
{
    const char *path = rows_path(d);
    d->step = xcalloc(strlen(path) + 1, sizeof *d->step);
    d->node = xcalloc(strlen(path) + 2, sizeof *d->node);
    for (const char *at = path; *at; at += *at == '.') {
        size_t len = strcspn(at, ".");
        d->step[d->n_step++] = (struct tree_step){ .name = at, .len = len };
        at += len;
    }
}

void reader_tree_open(struct reader *r, cJSON *tree)
{
    struct tree_reader *d = (struct tree_reader *)r;
    split_path(d);
    d->tree = tree;
    d->node[0] = tree;
}

static bool is_star(const struct tree_step *s)
{
    return s->len == 1 && *s->name == '*';
}

/* "data.0.qas" for the node that the first n steps lead to. */
static void put_place(struct tree_reader *d, size_t n)
{
    struct strbuf *path = &d->base.path;
    strbuf_clear(path);
    for (size_t i = 0; i < n; i++) {
        const struct tree_step *s = &d->step[i];
        if (i)
            strbuf_putc(path, '.');
        if (!is_star(s))
            strbuf_add(path, s->name, s->len);
        else if (cJSON_IsObject(d->node[i]))
            strbuf_puts(path, d->node[i + 1]->string);
        else
            strbuf_printf(path, "%zu", s->index);
    }
}

/* Take step i: 1 = node[i + 1] is set, 0 = there is nothing to go to. */
static int take_step(struct tree_reader *d, size_t i, struct err *e)
{
    struct tree_step *s = &d->step[i];
    const cJSON *from = d->node[i];
    s->index = 0;
    if (is_star(s) && (cJSON_IsArray(from) || cJSON_IsObject(from))) {
        d->node[i + 1] = from->child;
        return from->child != NULL;
    }
    put_place(d, i);
    if (is_star(s))
        return err_set(e, ERR_INPUT, "must be a list or an object: the path to the rows is '%s'",
                       rows_path(d));
    d->node[i + 1] = node_child(from, s->name, s->len);
    if (!d->node[i + 1])
        return err_set(e, ERR_INPUT, "no '%.*s' here: the path to the rows is '%s'", (int)s->len,
                       s->name, rows_path(d));
    return 1;
}

/* The innermost "*" before step *i that can move on; *i is then after it. */
static bool move_on(struct tree_reader *d, size_t *i)
{
    for (size_t k = *i; k-- > 0;) {
        if (!is_star(&d->step[k]) || !d->node[k + 1]->next)
            continue;
        d->node[k + 1] = d->node[k + 1]->next;
        d->step[k].index++;
        *i = k + 1;
        return true;
    }
    return false;
}

int reader_tree_next(struct reader *r, struct node *row, struct err *e)
{
    struct tree_reader *d = (struct tree_reader *)r;
    size_t i = d->begun ? d->n_step : 0;
    if (d->begun && !move_on(d, &i))
        return 0;
    d->begun = true;
    while (i < d->n_step) {
        int rc = take_step(d, i, e);
        if (rc < 0)
            return rc;
        if (rc == 1)
            i++;
        else if (!move_on(d, &i))
            return 0;
    }
    put_place(d, d->n_step);
    *row = (struct node){ .value = d->node[i], .up = d->node, .n_up = i };
    return 1;
}

void reader_tree_close(struct reader *r)
{
    struct tree_reader *d = (struct tree_reader *)r;
    cJSON_Delete(d->tree);
    free(d->step);
    free(d->node);
}
