#ifndef EVALRUN_EVALUATOR_ENGINES_ANSWERS_H
#define EVALRUN_EVALUATOR_ENGINES_ANSWERS_H
/*
 * Answers made elsewhere as an engine: "answers:FILE" gives every sample what
 * that file holds for it (answers_read.h has the forms), so that the output of
 * any system can be scored. Nothing is guessed: a sample without an answer,
 * with fewer texts than the recipe draws, or of which two questions would get
 * one answer, fails with class "mismatch". Answers that belong to no sample
 * asked are counted, and said once at the end.
 */
struct engine_type;
extern const struct engine_type engine_answers;

#endif
