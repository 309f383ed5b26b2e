/* What the files of Marathon's key tables share: macros for keys, and the tables of an app's checks
 * and strategies (app_strategies.c). */
#ifndef HF_MODELS_FRAMEWORKS_MARATHON_APP_TABLES_INTERNAL_H
#define HF_MODELS_FRAMEWORKS_MARATHON_APP_TABLES_INTERNAL_H

#include "models/frameworks/marathon/app_json.h"

#define AT(STRUCT, MEMBER)    .offset = offsetof(STRUCT, MEMBER)
#define GIVEN(STRUCT, MEMBER) .given = 1 + offsetof(STRUCT, MEMBER)
#define IGNORED(NAME, SHAPE)                                                                       \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_IGNORED, .shape = SHAPE, .help = "Changes nothing here."      \
    }
#define UNSAID(NAME) static const HfKeyWord NAME[] = {{"default", HF_APP_DEFAULT, NULL}, {0}}
#define INT_MOST     2147483647.0
#define SECONDS(NAME, STRUCT, MEMBER, DEFAULT, LEAST, ...)                                         \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_INT, AT(STRUCT, MEMBER), .fallback = DEFAULT,                 \
        .minimum = LEAST, .maximum = INT_MOST, .help = __VA_ARGS__                                 \
    }

extern const HfKeyTable hf_app__persistent_table;
extern const HfKeyTable hf_app__network_table;
extern const HfKeyTable hf_app__health_table;
extern const HfKeyTable hf_app__readiness_table;
extern const HfKeyTable hf_app__upgrade_table;
extern const HfKeyTable hf_app__unreachable_table;
extern const HfKeyTable hf_app__residency_table;

#endif
