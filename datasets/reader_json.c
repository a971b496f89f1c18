/* One JSON document. */
#include "datasets/reader_tree.h"

static int json_open_document(struct reader *r, struct err *e)
{
    cJSON *tree = NULL;
    if (json_parse(&tree, r->at, (size_t)(r->end - r->at), e) < 0)
        return e->code;
    reader_tree_open(r, tree);
    return 0;
}

const struct reader_type reader_json = {
    .name = "json",
    .about = "one JSON document, with a path to the rows in it",
    .size = sizeof(struct tree_reader),
    .is_tree = true,
    .open = json_open_document,
    .next = reader_tree_next,
    .close = reader_tree_close,
};
