#ifndef EVALRUN_DATASETS_READER_TREE_H
#define EVALRUN_DATASETS_READER_TREE_H
/*
 * What readers of documents share. A path leads to the rows in a tree:
 * "data.*.qas.*" is every element of the list `qas` of every element of the list
 * `data`. The rows come in the order of the document.
 *
 * Such a reader has the size of struct tree_reader, is_tree, and these for next and
 * close; its open makes the tree and hands it to reader_tree_open().
 */
#include <stdbool.h>

#include "datasets/reader.h"

struct tree_step;

struct tree_reader {
    struct reader base;
    cJSON *tree;
    struct tree_step *step;
    size_t n_step;
    const cJSON **node; /* n_step + 1: the document, ..., the row */
    bool begun;
};

void reader_tree_open(struct reader *r, cJSON *tree); /* takes the tree */
int reader_tree_next(struct reader *r, struct node *row, struct err *e);
void reader_tree_close(struct reader *r);

#endif
