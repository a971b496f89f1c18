#ifndef EVALRUN_TESTS_DATASETS_COPY_H
#define EVALRUN_TESTS_DATASETS_COPY_H
/*
 * What the tests of datasets/ share: a scratch folder with a share of its own
 * (one catalog entry, "mini"), a copy of upstream's layout to import, a store.
 */
#include "tests/base/scratch.h"

#include <dirent.h>

#include "datasets/catalog.h"
#include "datasets/dataset.h"
#include "datasets/store.h"

#define MINI_HEAD                                                                     \
    "{\"dataset\":\"mini\",\"lang\":\"en\",\"about\":\"a\",\"licence\":\"L\","        \
    "\"source\":\"S\",\"reader\":\"csv\",\"header\":true,\"subset_field\":\"subject\","
#define MINI_FIELDS                                                                   \
    "\"fields\":[{\"name\":\"Q\",\"required\":true},{\"name\":\"A\",\"required\":true}," \
    "{\"name\":\"note\"},{\"name\":\"Answer\",\"required\":true,\"one_of\":\"A|B\"}],"
#define MINI_SPLITS                                                                   \
    "\"splits\":[{\"name\":\"test\",\"files\":\"{split}/{subset}.csv\",\"rows\":5},"   \
    "{\"name\":\"dev\",\"files\":\"{split}/{subset}.csv\",\"rows\":2,\"rows_each\":1}],"
#define MINI_SUBSETS                                                                  \
    "\"subsets\":[{\"name\":\"zoo\",\"rows\":3,\"title_zh\":\"动物园\","              \
    "\"title_en\":\"zoo\",\"category\":[\"x\",\"y\"]},{\"name\":\"art\",\"rows\":2}]}"

struct copy {
    char *dir, *share, *from, *data;
    struct dataset_where where;
    struct err e;
};

/* Also hidden files: the store's locks. */
static inline void remove_tree(const char *dir)
{
    DIR *d = opendir(dir);
    for (struct dirent *entry; d && (entry = readdir(d));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *path = xprintf("%s/%s", dir, entry->d_name);
        if (file_is_dir(path))
            remove_tree(path);
        else
            unlink(path);
        free(path);
    }
    if (d)
        closedir(d);
    rmdir(dir);
}

static inline void put_file(const struct copy *c, const char *name, const char *text)
{
    struct err e = { 0 };
    char *path = xprintf("%s/%s", c->dir, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(file_mkdirs(path, &e), 0);
    *slash = '/';
    write_text(path, text);
    free(path);
}

static inline void put_mini(const struct copy *c)
{
    put_file(c, "share/datasets/en/mini.json",
             MINI_HEAD MINI_FIELDS MINI_SPLITS MINI_SUBSETS);
    put_file(c, "from/test/art.csv", ",Q,A,note,Answer\n0,q0,None,,A\n1,q1,NA,n,B\n");
    put_file(c, "from/test/zoo.csv", ",Q,A,note,Answer\n0,z0,1.0,,A\n1,z1,b,,B\n2,z2,c,,B\n");
    put_file(c, "from/dev/art.csv", ",Q,A,note,Answer\n0,d0,x,,A\n");
    put_file(c, "from/dev/zoo.csv", ",Q,A,note,Answer\n0,e0,x,,A\n");
}

static inline int copy_setup(void **state)
{
    struct copy *c = xcalloc(1, sizeof *c);
    void *dir;
    if (scratch_setup(&dir) < 0)
        return -1;
    c->dir = dir;
    c->share = xprintf("%s/share", c->dir);
    c->from = xprintf("%s/from", c->dir);
    c->data = xprintf("%s/data", c->dir);
    c->where = (struct dataset_where){ c->share, c->data };
    put_mini(c);
    *state = c;
    return 0;
}

static inline int copy_teardown(void **state)
{
    struct copy *c = *state;
    remove_tree(c->dir);
    free(c->dir);
    free(c->share);
    free(c->from);
    free(c->data);
    free(c);
    return 0;
}

/* Import `path` (NULL = the copy); the message of a failure stays in c->e. */
static inline int import_mini(struct copy *c, const char *path, struct import_result *r)
{
    struct catalog_entry *entry = NULL;
    struct import_result own = { 0 };
    c->e = (struct err){ 0 };
    if (catalog_load(&entry, c->share, "mini", &c->e) < 0)
        return c->e.code;
    int rc = store_import(&own, c->data, entry, path ? path : c->from, NULL, &c->e);
    catalog_free(entry);
    if (r)
        *r = own;
    else
        import_result_release(&own);
    return rc;
}

static inline void assert_says(const struct err *e, const char *part)
{
    if (!strstr(e->text, part))
        fail_msg("'%s' does not say '%s'", e->text, part);
}

#endif
