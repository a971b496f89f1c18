#ifndef EVALRUN_EVALUATOR_ENGINES_FILEHASH_H
#define EVALRUN_EVALUATOR_ENGINES_FILEHASH_H
/*
 * SHA-256 of a large file, remembered in <cache>/hashes/ by path, size and time
 * of change, so that a model of many gigabytes is read once. One small file per
 * entry, written whole or not at all: concurrent writers do no harm. A cache
 * that cannot be read or written only costs time. cache NULL = none.
 */
#include "base/err.h"
#include "base/hash.h"

MUST_USE int filehash(char hex[SHA256_HEX], const char *path, const char *cache, struct err *e);

#endif
