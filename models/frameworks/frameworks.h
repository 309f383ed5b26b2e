/*
 * The framework models there are. tools/registry.c lists them; a new one touches its own file, this
 * list, the registry and its test.
 */
#ifndef HF_MODELS_FRAMEWORKS_FRAMEWORKS_H
#define HF_MODELS_FRAMEWORKS_FRAMEWORKS_H

#include "world/model.h"

extern const HfFrameworkModel hf_framework_batch;
extern const HfFrameworkModel hf_framework_marathon;
extern const HfFrameworkModel hf_framework_inflation;

#endif
