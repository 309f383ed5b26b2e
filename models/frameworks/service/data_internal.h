/* The data half of a service, shared by its files: data.c (members, and what the world and the
 * scheduler say), data_replicas.c (replicas and copies), data_places.c (disks and stores). */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_DATA_INTERNAL_H
#define HF_MODELS_FRAMEWORKS_SERVICE_DATA_INTERNAL_H

#include "models/frameworks/service/service.h"

#define NO_MEMBER UINT32_MAX
#define NO_COPY   UINT32_MAX

/* How far an instance has come to its data in a store, or to its external volume. */
typedef enum HfReach { HF_REACH_NOTHING, HF_REACH_SHARE, HF_REACH_ALL } HfReach;

typedef struct HfMember {
    uint32_t runs;       /* its tasks that run: 0 or 1, or more while one is out of reach */
    gboolean serves;     /* one of them reaches its data */
    gboolean is_counted; /* among those that run: from when its external volume was attached */
    uint32_t host;       /* of the last that started, */
    uint64_t task;       /* and which that is */
    uint32_t complete;   /* replicas of `holds` */
    gboolean is_full;    /* it has found no room for its data, and will fail */
    gboolean is_blank;   /* it has started with nothing, and waits for an operator */
    gboolean has_started, has_data;
    uint32_t data_host, data_agent;
    uint32_t life;          /* counts starts and ends, for timers */
    uint32_t out, in;       /* streams */
    HF_VEC(uint32_t) holds; /* replicas that lie, or belong, here */
    HF_VEC(uint32_t) wants; /* replicas that are to be copied here */
    /* where its data is in a store, or on an external volume: */
    HfReach reach;
    uint32_t holder;     /* host that has its share, and has not let go of it; HF_ROW_NONE */
    HfTime free_at;      /* while it lets go: when it has; else 0 */
    HfTime taken_at;     /* since it is wanted elsewhere: when it is taken by force; else 0 */
    gboolean is_client;  /* it is said to have its share */
    uint32_t read;       /* copy into its memory; NO_COPY */
    gboolean is_stalled; /* it is said to wait for its store */
} HfMember;

typedef struct HfReplica {
    uint32_t part, member; /* member: whose it is */
    uint32_t target;       /* another member that it is copied to in its stead; NO_MEMBER */
    gboolean is_complete;  /* at `member` */
    gboolean is_queued;    /* in the list of who wants it */
    uint32_t copy, source; /* under way, from that member; NO_COPY */
} HfReplica;

typedef struct HfPart {
    uint32_t complete, live; /* replicas: complete; and their member serves */
} HfPart;

typedef struct HfDataset {
    HfService *service;
    uint32_t kind, member_count;
    HfMember *members;
    HfReplica *replicas; /* those of a part are consecutive */
    HfPart *parts;
    uint64_t first_part;
    uint32_t part_count, replica_count; /* of each part */
    int64_t member_bytes, part_bytes, limit;
    uint32_t started, running, serving; /* members */
    gboolean is_born;
    gboolean is_nobodys;     /* its framework is removed: what ends leaves its data for good */
    gboolean has_noted;      /* the replica that is about to be complete, before the old one went */
    uint32_t below;          /* parts without quorum */
    uint32_t lost;           /* parts, of which stores that it runs are to be told, */
    int64_t degraded;        /* replicas out of reach of parts of which some are not; */
    gboolean has_changed;    /* and whether that has changed */
    int64_t noted_out;       /* millionths, as last noted */
    HF_VEC(uint32_t) hungry; /* members that want something */
    HfStream stream;
} HfDataset;

static inline const HfNodeRules *hf_data__rules(const HfDataset *data)
{
    return &data->service->kinds[data->kind].rules;
}

/* Instances of all kinds have their numbers. */
static inline uint64_t hf_data__number(const HfDataset *data, uint32_t row)
{
    return data->service->kinds[data->kind].first + row;
}

/* No host has its data: it is in a store, or on a volume that any host can attach. */
static inline gboolean hf_data__is_anywhere(const HfDataset *data)
{
    const HfNodeRules *rules = hf_data__rules(data);
    return rules->place == HF_DATA_STORE || rules->identity == HF_IDENTITY_ANYWHERE;
}

/* A host has to attach it before its instance reaches it. */
static inline gboolean hf_data__is_attached(const HfDataset *data)
{
    const HfNodeRules *rules = hf_data__rules(data);
    return rules->place == HF_DATA_STORE || rules->place == HF_DATA_EXTERNAL;
}

static inline gboolean hf_data__has_store(const HfDataset *data)
{
    return data->service->kinds[data->kind].store != 0;
}

/* Where records say that its replicas are. */
static inline uint32_t hf_data__where(const HfDataset *data, uint32_t row)
{
    return hf_data__is_anywhere(data) ? HF_ROW_NONE : data->members[row].data_host;
}

static inline gboolean hf_data__keeps_replicas(const HfDataset *data)
{
    return data->part_count > 0;
}

static inline void hf_data__note(const HfDataset *data, HfRecordType type, uint64_t id,
                                 uint32_t host, int64_t value)
{
    hf_world_note_data(data->service->env.world, data->service->env.row, type, id, host, value);
}

/* ---- data.c ---- */
/* It runs, or does no more, and that is told. */
void hf_data__count(HfDataset *data, uint32_t row, gboolean runs);
/* It reaches its data from now on, or no more. */
void hf_data__begin_serving(HfDataset *data, uint32_t row);
void hf_data__stop_serving(HfDataset *data, uint32_t row);

/* ---- data_replicas.c ---- */
void hf_data__note_quorum(HfDataset *data);
void hf_data__step_live(HfDataset *data, uint32_t part, int by);
void hf_data__become_complete(HfDataset *data, uint32_t replica);
void hf_data__forget(HfDataset *data, uint32_t replica); /* it is there no more */
void hf_data__stop_copy(HfDataset *data, uint32_t replica);
/* It is to be copied, and no more. */
void hf_data__ask_for(HfDataset *data, uint32_t replica);
void hf_data__ask_no_more(HfDataset *data, uint32_t replica);
/* Start what can be, and say what has changed: after whatever happened. */
void hf_data__feed_all(HfDataset *data);
void hf_data__on_copied(HfDataset *data, uint32_t replica);
gboolean hf_data__holds_part(const HfDataset *data, uint32_t part, uint32_t member);
/* Copies to and from a member that serves no more end. */
void hf_data__stop_streams(HfDataset *data, uint32_t row);
/* It is silent for so long that others copy what it has. */
void hf_data__on_dead(HfDataset *data, uint32_t row);

/* ---- data_places.c ---- */
enum {
    HF_DATA_TIMER_DEAD,
    HF_DATA_TIMER_ATTACHED, /* arg: life, number */
    HF_DATA_TIMER_DETACHED, /* arg: number */
    HF_DATA_TIMER_BY_HAND,  /* arg: life, number */
    HF_DATA_TIMER_RESTART   /* its scheduler died */
};
#define HF_DATA_READ (UINT64_C(1) << 63) /* arg of a copy into memory: with its number */

static inline uint64_t hf_data__timer_arg(const HfDataset *data, uint32_t row)
{
    return (uint64_t)data->members[row].life << 32 | hf_data__number(data, row);
}

/* Its directory holds what it has, and so many parts more. FALSE: there is no room, and its task
 * will fail; what could be written stays. Elsewhere there is room. */
gboolean hf_data__write(HfDataset *data, uint32_t row, uint32_t more);
/* It leaves behind what it has, so many bytes; and makes itself a place where it is now: FALSE,
 * there is none. */
int64_t hf_data__leave(HfDataset *data, uint32_t row);
gboolean hf_data__settle_in(HfDataset *data, uint32_t row);
/* A task has started whose data has to be attached, or it is over. */
void hf_data__attach(HfDataset *data, uint32_t row);
void hf_data__on_attached(HfDataset *data, uint32_t row);
void hf_data__on_read(HfDataset *data, uint32_t row);
void hf_data__detach(HfDataset *data, uint32_t row, HfTaskState how);
void hf_data__on_detached(HfDataset *data, uint32_t row);
void hf_data__on_store(HfDataset *data);
/* So great a part of its store's pieces is lost: the probability that one was of a given part. */
double hf_data__part_is_hit(const HfDataset *data, double fraction);
/* A copy between two members that run. */
uint32_t hf_data__copy(HfDataset *data, uint32_t from, uint32_t to, uint64_t arg);

#endif
