/*
 * What a driver does about maintenance: where its tasks run, answers to inverse offers by the
 * policy of its configuration, and which offers its model never sees.
 */
#include "control/driver_internal.h"

static void forget_place(HfDriver *driver, uint64_t task)
{
    uint32_t row = hf_map64_get(&driver->place_of, task);
    if (row == HF_MAP64_NONE) return;
    hf_map64_remove(&driver->place_of, task);
    driver->places.at[row] = *hf_vec_last(&driver->places);
    driver->places.count--;
    if (row < driver->places.count)
        hf_map64_set(&driver->place_of, driver->places.at[row].task, row);
}

void hf_driver__note_place(HfDriver *driver, const HfTaskStatus *status)
{
    forget_place(driver, status->task);
    if (!hf_task_state_is_alive(status->state) || status->host == HF_ROW_NONE) return;
    hf_map64_set(&driver->place_of, status->task, driver->places.count);
    hf_vec_push(&driver->places, (HfDriverPlace){status->task, status->host});
}

/* Until the machine goes, there is nothing new to be said. */
static double seconds_until(const HfDriver *driver, const HfWindow *window)
{
    return MAX(HF_REFUSE_DEFAULT, hf_time_to_seconds(window->start - driver->now));
}

static void answer_by_policy(HfDriver *driver, const HfInverseOfferInfo *offer)
{
    double refuse_seconds = seconds_until(driver, &offer->window);
    if (driver->maintenance == HF_MAINTENANCE_IGNORE) return;
    if (driver->maintenance == HF_MAINTENANCE_DECLINE) {
        hf_driver_decline_inverse(driver, &offer->id, 1, refuse_seconds);
        return;
    }
    hf_driver_accept_inverse(driver, &offer->id, 1, refuse_seconds);
    for (guint32 i = 0; driver->maintenance == HF_MAINTENANCE_VACATE && i < driver->places.count;
         i++)
        if (driver->places.at[i].host == offer->host)
            hf_driver_kill(driver, driver->places.at[i].task);
}

/* VACATE: the model never sees offers of agents that will not be there. */
void hf_driver__offer_what_stays(HfDriver *driver, const HfMessage *in)
{
    guint32 w = 0;
    hf_vec_reset(&driver->staying);
    for (guint32 i = 0; i < in->offers.count; i++) {
        const HfOfferInfo *offer = &in->offers.at[i];
        if (w < in->windows.count && in->windows.at[w].offer == offer->id)
            hf_driver_decline(driver, &offer->id, 1,
                              seconds_until(driver, &in->windows.at[w++].window));
        else
            hf_vec_push(&driver->staying, *offer);
    }
    HF_ASSERT(w == in->windows.count);
    if (driver->staying.count > 0)
        driver->ops->offers(driver->model, driver, driver->staying.at, driver->staying.count);
}

static void answer_inverse(HfDriver *driver, HfMessageType type, const uint64_t *offers,
                           uint32_t offer_count, double refuse_seconds)
{
    if (offer_count == 0) return;
    HfMessage *message = hf_driver__say(driver, type);
    message->refuse_seconds = refuse_seconds;
    for (uint32_t i = 0; i < offer_count; i++) hf_vec_push(&message->ids, offers[i]);
}

void hf_driver_accept_inverse(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                              double refuse_seconds)
{
    answer_inverse(driver, HF_MESSAGE_ACCEPT_INVERSE_OFFERS, offers, offer_count, refuse_seconds);
}

void hf_driver_decline_inverse(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                               double refuse_seconds)
{
    answer_inverse(driver, HF_MESSAGE_DECLINE_INVERSE_OFFERS, offers, offer_count, refuse_seconds);
}

void hf_driver__on_inverse_offers(HfDriver *driver, const HfMessage *in)
{
    if (driver->ops->inverse_offers) {
        driver->ops->inverse_offers(driver->model, driver, in->inverse.at, in->inverse.count);
        return;
    }
    for (guint32 i = 0; i < in->inverse.count; i++) answer_by_policy(driver, &in->inverse.at[i]);
}

const HfWindow *hf_driver_window(const HfDriver *driver, const HfOfferInfo *offer)
{
    HF_ASSERT(driver->in != NULL);
    for (guint32 w = 0; w < driver->in->windows.count; w++)
        if (driver->in->windows.at[w].offer == offer->id) return &driver->in->windows.at[w].window;
    return NULL;
}
