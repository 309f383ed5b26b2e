/*
 * Inverse offers: frameworks are asked to give back what they have on machines that will be under
 * maintenance. Answers are kept by the allocator, which decides whom to ask and when again.
 * Source: Mesos 1.11 Master::inverseOffer, acceptInverseOffers, declineInverseOffers; MESOS.md 3.9.
 */
#include "base/assert.h"
#include "control/master_internal.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

static void record(const HfMaster *master, HfTime now, uint32_t row, HfRecordType type,
                   HfOutbox *out)
{
    const HfInverseRow *inverse = &master->inverse.at[row];
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = (uint16_t)type,
                                      .agent = inverse->agent,
                                      .framework = inverse->framework,
                                      .id = hf_handle_pack((HfHandle){row, inverse->generation})});
}

void hf_master__drop_inverse(HfMaster *master, uint32_t row)
{
    HfInverseRow *inverse = &master->inverse.at[row];
    inverse->is_live = FALSE;
    hf_slots_give(&master->inverse_slots, (HfHandle){row, inverse->generation});
}

static void respond(HfMaster *master, HfTime now, uint32_t row, HfInverseStatus status,
                    double refuse_seconds)
{
    const HfInverseRow *inverse = &master->inverse.at[row];
    hf_allocator_inverse_response(master->allocator, now, inverse->framework, inverse->agent,
                                  status, refuse_seconds);
    hf_master__drop_inverse(master, row);
}

static void add(HfMaster *master, HfTime now, const HfInverseOffered *offered, HfMessage *message,
                HfOutbox *out)
{
    HfHandle handle = hf_slots_take(&master->inverse_slots);
    if (handle.row == master->inverse.count) hf_vec_push_zero(&master->inverse);
    master->inverse.at[handle.row] =
        (HfInverseRow){offered->framework, offered->agent, handle.generation, TRUE};
    hf_vec_push(&message->inverse,
                (HfInverseOfferInfo){.id = hf_handle_pack(handle),
                                     .agent = offered->agent,
                                     .host = master->agents.at[offered->agent].host,
                                     .window = {offered->start, offered->duration}});
    record(master, now, handle.row, HF_RECORD_INVERSE_OFFER_SENT, out);
}

/* One message for each framework, in the order in which they are first named. */
void hf_master__send_inverse_offers(HfMaster *master, HfTime now, HfOutbox *out)
{
    const HfOfferList *list = &master->allocated;
    for (guint32 first = 0; first < list->inverse.count; first++) {
        uint32_t framework = list->inverse.at[first].framework;
        guint32 before = 0;
        while (list->inverse.at[before].framework != framework) before++;
        if (before < first) continue; /* it had its message */
        HF_ASSERT(master->frameworks.at[framework].standing == HF_FRAMEWORK_ACTIVE);
        HfMessage *message =
            hf_outbox_send(out, HF_MESSAGE_INVERSE_OFFERS, self,
                           (HfPeer){HF_PEER_FRAMEWORK, master->frameworks.at[framework].peer});
        message->framework = framework;
        for (guint32 i = first; i < list->inverse.count; i++)
            if (list->inverse.at[i].framework == framework)
                add(master, now, &list->inverse.at[i], message, out);
    }
}

/* An id that is void means nothing: it crossed a rescission. */
void hf_master__on_inverse_answer(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    gboolean accepts = in->type == HF_MESSAGE_ACCEPT_INVERSE_OFFERS;
    for (guint32 i = 0; i < in->ids.count; i++) {
        HfHandle handle = hf_handle_unpack(in->ids.at[i]);
        if (!hf_slots_is_live(&master->inverse_slots, handle) ||
            master->inverse.at[handle.row].framework != in->framework)
            continue;
        record(master, now, handle.row,
               accepts ? HF_RECORD_INVERSE_OFFER_ACCEPTED : HF_RECORD_INVERSE_OFFER_DECLINED, out);
        respond(master, now, handle.row, accepts ? HF_INVERSE_ACCEPT : HF_INVERSE_DECLINE,
                hf_master__refuse_seconds_of(master, in));
    }
}

void hf_master__rescind_inverse(HfMaster *master, HfTime now, uint32_t agent, uint32_t framework,
                                HfOutbox *out)
{
    if (G_LIKELY(master->inverse_slots.live == 0)) return;
    for (guint32 row = 0; row < master->inverse.count; row++) {
        const HfInverseRow *inverse = &master->inverse.at[row];
        if (!inverse->is_live || (agent != NO_ROW && inverse->agent != agent) ||
            (framework != NO_ROW && inverse->framework != framework))
            continue;
        record(master, now, row, HF_RECORD_INVERSE_OFFER_RESCINDED, out);
        if (framework == NO_ROW) { /* else it is the framework that goes */
            HfMessage *message = hf_outbox_send(
                out, HF_MESSAGE_RESCIND_INVERSE_OFFER, self,
                (HfPeer){HF_PEER_FRAMEWORK, master->frameworks.at[inverse->framework].peer});
            message->framework = inverse->framework;
            hf_vec_push(&message->ids, hf_handle_pack((HfHandle){row, inverse->generation}));
        }
        respond(master, now, row, HF_INVERSE_NONE, HF_NO_FILTER);
    }
}
