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
extern const HfFrameworkModel hf_framework_storage;
extern const HfFrameworkModel hf_framework_spark; /* parameters of dataflow/dataflow.h */
extern const HfFrameworkModel hf_framework_hadoop;
/* Services: parameters of one engine, see service/variants.h. */
extern const HfFrameworkModel hf_framework_service;
extern const HfFrameworkModel hf_framework_aurora;
extern const HfFrameworkModel hf_framework_chronos;
extern const HfFrameworkModel hf_framework_metronome;
extern const HfFrameworkModel hf_framework_hdfs;
extern const HfFrameworkModel hf_framework_cassandra;
extern const HfFrameworkModel hf_framework_kafka;
extern const HfFrameworkModel hf_framework_crate;
extern const HfFrameworkModel hf_framework_arangodb;
extern const HfFrameworkModel hf_framework_elasticsearch;
extern const HfFrameworkModel hf_framework_mysql;
extern const HfFrameworkModel hf_framework_ceph;
extern const HfFrameworkModel hf_framework_quobyte;
/* All of them, for lists of models. */
#define HF_SERVICE_MODEL_KEYS                                                                      \
    &hf_framework_service.keys, &hf_framework_aurora.keys, &hf_framework_chronos.keys,             \
        &hf_framework_metronome.keys, &hf_framework_hdfs.keys, &hf_framework_cassandra.keys,       \
        &hf_framework_kafka.keys, &hf_framework_crate.keys, &hf_framework_arangodb.keys,           \
        &hf_framework_elasticsearch.keys, &hf_framework_mysql.keys, &hf_framework_ceph.keys,       \
        &hf_framework_quobyte.keys

#endif
