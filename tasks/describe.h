#ifndef EVALRUN_TASKS_DESCRIBE_H
#define EVALRUN_TASKS_DESCRIBE_H
/* Parts of docs/task-format.md, which task_describe_keys() puts together. */

/* The scorers' options, and the keys of rules (describe_scorers.c). */
extern const char describe_scorers[];

#endif
