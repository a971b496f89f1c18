#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_SAMPLE_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_SAMPLE_H
/*
 * Choosing the next token from a row of logits. In this order, each only where
 * it is on:
 *
 *   repeat_penalty  logits of tokens that prompt or answer have already are
 *                   divided by it, or multiplied where negative (CTRL, Keskar
 *                   et al. 2019, arXiv:1909.05858; over everything, as
 *                   Hugging Face and vLLM do)
 *   temperature     0 = the largest logit, the first of equals; done
 *   top_k           the k likeliest
 *   top_p           the fewest of the likeliest that have this mass (Holtzman
 *                   et al. 2019, arXiv:1904.09751)
 *   min_p           those at least min_p times as likely as the likeliest
 *                   (Nguyen et al. 2024, arXiv:2407.01082)
 *
 * Random numbers come from a stream that belongs to the draw: a function of
 * its seed and of how many were taken, not of neighbours or time.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/flow.h"

struct sampler;
struct sampler *sampler_new(size_t n_vocab);
void sampler_free(struct sampler *s);

/* Start of the stream of draw i of a sample. */
uint64_t sampler_seed(uint64_t engine_seed, uint64_t sample_seed, size_t draw);

/* The next token. had[] are the n_had tokens before it; *state advances. */
int32_t sampler_choose(struct sampler *s, const float *row, const struct decode *d,
                       const int32_t *prompt, size_t n_prompt, const int32_t *had, size_t n_had,
                       uint64_t *state);

#endif
