#ifndef EVALRUN_EVALUATOR_ENGINES_QUEUE_H
#define EVALRUN_EVALUATOR_ENGINES_QUEUE_H
/* First in, first out: the questions an engine holds. Fixed capacity. */
#include <stdbool.h>
#include <stddef.h>

#include "base/flow.h"

enum { QUEUE_CAPACITY = 1024 };

struct job {
    const struct request *q;
    const struct turn *turn;
    struct arena *mem;
    void *tag;
};

struct queue {
    struct job job[QUEUE_CAPACITY];
    size_t head, n;
};

static inline bool queue_put(struct queue *q, const struct job *job)
{
    if (q->n == QUEUE_CAPACITY)
        return false;
    q->job[(q->head + q->n++) % QUEUE_CAPACITY] = *job;
    return true;
}

static inline bool queue_get(struct queue *q, struct job *out)
{
    if (!q->n)
        return false;
    *out = q->job[q->head];
    q->head = (q->head + 1) % QUEUE_CAPACITY;
    q->n--;
    return true;
}

#endif
