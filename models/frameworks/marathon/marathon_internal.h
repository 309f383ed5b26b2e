/* Shared by the files of the marathon model: apps become kinds of instances (marathon.c), and what
 * the scenario does with them deployments (deployments.c). */
#ifndef HF_MODELS_FRAMEWORKS_MARATHON_MARATHON_INTERNAL_H
#define HF_MODELS_FRAMEWORKS_MARATHON_MARATHON_INTERNAL_H

#include "models/frameworks/marathon/config.h"
#include "models/frameworks/service/service.h"

/* What an app of a file is as a kind of instances, into one that is zeroed but for what is -1 when
 * it is not said. Errors: HF_MODEL_ERROR, with the app's id. */
gboolean hf_marathon__fill_kind(const HfModelEnv *env, const HfMarathonConfig *config,
                                const HfApp *app, HfNodeKind *kind, GError **error);

/* Deployments and curves of the scenario. `files`: as hf_marathon__read gives them; the kinds are
 * there. Errors: HF_MODEL_ERROR, with the entry. */
gboolean hf_marathon__add_deployments(HfService *service, const HfMarathonConfig *config,
                                      const GPtrArray *files, GError **error);

#endif
