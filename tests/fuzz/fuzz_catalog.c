/* Catalog entries: what is accepted can be looked up by its own names. */
#include "datasets/catalog.h"
#include "datasets/reader.h"
#include "tests/fuzz/fuzz.h"

static void look_up(const struct catalog_entry *c)
{
    assert(c->n_field > 0 && c->n_split > 0 && reader_find(c->reader));
    for (size_t i = 0; i < c->n_split; i++) {
        assert(catalog_split(c, c->split[i].name) == &c->split[i]);
        for (size_t k = 0; k < c->n_subset; k++)
            (void)catalog_expected(c, &c->split[i], &c->subset[k]);
    }
    for (size_t i = 0; i < c->n_subset; i++)
        assert(catalog_subset(c, c->subset[i].name) == &c->subset[i]);
    for (size_t i = 0; i < c->n_url; i++)
        assert(c->url[i] && c->url_sha256[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *share = fuzz_folder("datasets/zh", "x.json", data, size);
    struct catalog_entry *c = NULL;
    struct err e = { 0 };
    if (catalog_load(&c, share, "x", &e) == 0)
        look_up(c);
    else
        assert(fuzz_explained(&e));
    catalog_free(c);
    fuzz_folder_remove(share);
    return 0;
}
