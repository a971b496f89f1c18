#ifndef EVALRUN_EVALUATOR_ENGINES_FAKE_H
#define EVALRUN_EVALUATOR_ENGINES_FAKE_H
/*
 * Deterministic answers without a model, for tests and for trying things out.
 * "fake:" alone, or "fake:skill=0.7,seed=3,fail=0.01,kill=12,slow=5":
 *   skill  chance that the right answer is the likeliest (default 0.25)
 *   seed   another seed, another "model"
 *   fail   chance that a question fails with class "remote"
 *   kill   the process kills itself (SIGKILL) instead of giving answer number N
 *   stop   the same with SIGINT, which the run loop handles
 *   slow   milliseconds per answer
 * Answers depend on the question's hash and the seed alone.
 */
struct engine_type;
extern const struct engine_type engine_fake;

#endif
