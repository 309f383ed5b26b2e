/* The driver's state, shared by the driver*.c files. */
#ifndef HF_CONTROL_DRIVER_INTERNAL_H
#define HF_CONTROL_DRIVER_INTERNAL_H

#include "base/assert.h"
#include "base/map64.h"
#include "control/driver.h"

typedef struct HfDriverTimer {
    uint32_t kind;
    uint64_t arg;
} HfDriverTimer;

/* Where a task runs. */
typedef struct HfDriverPlace {
    uint64_t task;
    uint32_t host;
} HfDriverPlace;

struct HfDriver {
    HfPeer self;
    uint32_t framework; /* id given by the master; HF_ROW_NONE before */
    const HfSchedulerOps *ops;
    void *model;
    uint64_t seed;
    HfMaintenancePolicy maintenance;
    HfTaskStops stops;
    HF_VEC(HfDriverPlace) places; /* VACATE: tasks that live, */
    HfMap64 place_of;             /* and their rows */
    HF_VEC(HfOfferInfo) staying;  /* VACATE: scratch */
    const HfFrameworkInfo *info;  /* what the master takes it for */
    const HfFrameworkInfo *asked; /* what it asked to become; NULL = nothing */
    GPtrArray *infos;             /* HfFrameworkInfo *, owned: all that it ever said of itself */
    gboolean is_subscribed, is_over;
    uint32_t connection;            /* how many there were before this one */
    uint32_t attempts;              /* to subscribe, over this connection */
    uint32_t draws;                 /* from the back-off stream so far */
    HfMap64 unanswered;             /* tasks asked about, until an update tells: task -> 1 */
    HF_VEC(HfDriverTask) uncertain; /* those that were, in order */
    uint32_t asks;                  /* how often so far, of this list */
    uint32_t list;                  /* which list; timers of an earlier one mean nothing */
    HF_VEC(HfDriverTimer) late;     /* timers that ended while it was not subscribed */
    const HfMessage *in;            /* what it is being told */
    /* Set while the host has called in; NULL otherwise, so a model cannot act out of turn. */
    HfOutbox *out;
    HfTime now;
    HfMessage *accept; /* between accept_begin and accept_end */
};

/* driver.c */
/* A message to the master; the host has called in. */
static inline HfMessage *hf_driver__say(HfDriver *driver, HfMessageType type)
{
    HF_ASSERT(driver->out != NULL);
    HfMessage *message =
        hf_outbox_send(driver->out, type, driver->self, (HfPeer){HF_PEER_MASTER, 0});
    message->framework = driver->framework;
    return message;
}
/* What it says of itself is kept for the run. */
const HfFrameworkInfo *hf_driver__add_info(HfDriver *driver, const HfDriverConfig *config);

/* driver_maintenance.c */
void hf_driver__note_place(HfDriver *driver, const HfTaskStatus *status);
void hf_driver__offer_what_stays(HfDriver *driver, const HfMessage *in);
void hf_driver__on_inverse_offers(HfDriver *driver, const HfMessage *in);

/* driver_calls.c */
/* Ask about what is not answered yet. */
void hf_driver__ask_again(HfDriver *driver);

#endif
