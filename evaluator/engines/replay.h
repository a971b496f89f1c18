#ifndef EVALRUN_EVALUATOR_ENGINES_REPLAY_H
#define EVALRUN_EVALUATOR_ENGINES_REPLAY_H
/*
 * A stored run as an engine: "replay:RUN" answers every question that the run
 * in that directory asked, from its journals. A question with another hash
 * (a changed template, other shots, other data) fails with class "mismatch",
 * sample by sample, and is never guessed.
 */
struct engine_type;
extern const struct engine_type engine_replay;

#endif
