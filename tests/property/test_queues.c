/*
 * Queueing theory against the engine, the random streams and the statistics together: networks of
 * stations whose long-run behaviour is known in closed form. Each closed form is computed here, and
 * must lie within the 99 % confidence interval that the run itself gives; a mistake in event order,
 * in a sampler, in a time-weighted level or in an interval moves one of them out. Seeds are fixed.
 *
 * Sanitizer builds run a tenth as long: their intervals are wider, the closed forms the same.
 */
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>

#include "base/law.h"
#include "base/vec.h"
#include "engine/engine.h"
#include "stats/batches.h"
#include "stats/level.h"
#include "support/test.h"

#ifdef HF_SLOW_ASSERTIONS
#define CUSTOMERS 100000
#else
#define CUSTOMERS 1000000
#endif

enum { STATIONS_MAX = 3 };

/* Servers with one queue, first come first served; seconds as unit of the laws. */
typedef struct Station {
    uint32_t servers, capacity; /* capacity: customers present at most, 0 = no limit */
    uint32_t busy;
    HfLaw arrival; /* from outside; kind NULL = none */
    HfLaw service;
    double onward[STATIONS_MAX]; /* chance to go on to a station; the rest leaves */
    HfStream arrivals, services, routes;
    HF_VEC(uint32_t) queue; /* customers waiting; [head, count) */
    uint32_t head;
    HfLevel present;
    HfBatches sojourn; /* seconds from arrival to departure at this station */
    uint64_t offered, lost;
} Station;

typedef struct Customer {
    HfTime entered, arrived; /* the network, the station */
} Customer;

typedef struct Network {
    HfEngine *engine;
    HfEventKind arrive, depart;
    Station station[STATIONS_MAX];
    uint32_t stations;
    HF_VEC(Customer) customers;
    HF_VEC(uint32_t) vacant;
    HfBatches sojourn; /* in the whole network */
    uint64_t left;     /* departures to go until the run stops */
    HfTime measured_from;
} Network;

static void serve(Network *net, Station *station, uint32_t customer)
{
    station->busy++;
    double seconds = hf_law_draw(&station->service, &station->services);
    hf_engine_after(net->engine, hf_time_from_seconds(seconds), net->depart,
                    (uint32_t)(station - net->station), customer);
}

static void come_to(Network *net, Station *station, uint32_t customer)
{
    HfTime now = hf_engine_now(net->engine);
    net->customers.at[customer].arrived = now;
    hf_level_add(&station->present, now, 1);
    if (station->busy < station->servers)
        serve(net, station, customer);
    else
        hf_vec_push(&station->queue, customer);
}

static void on_arrival(void *context, const HfEventArgs *event)
{
    Network *net = context;
    Station *station = &net->station[event->target];
    double seconds = hf_law_draw(&station->arrival, &station->arrivals);
    hf_engine_after(net->engine, hf_time_from_seconds(seconds), net->arrive, event->target, 0);
    station->offered++;
    if (station->capacity > 0 && hf_level_value(&station->present) >= station->capacity) {
        station->lost++;
        return;
    }
    uint32_t customer = net->customers.count;
    if (net->vacant.count > 0)
        customer = net->vacant.at[--net->vacant.count];
    else
        hf_vec_push_zero(&net->customers);
    net->customers.at[customer].entered = event->now;
    come_to(net, station, customer);
}

static void leave_or_go_on(Network *net, Station *station, uint32_t customer)
{
    double u = hf_stream_uniform(&station->routes);
    for (uint32_t i = 0; i < net->stations; i++) {
        u -= station->onward[i];
        if (u >= 0) continue;
        come_to(net, &net->station[i], customer);
        return;
    }
    HfTime now = hf_engine_now(net->engine);
    hf_batches_add(&net->sojourn, hf_time_to_seconds(now - net->customers.at[customer].entered));
    hf_vec_push(&net->vacant, customer);
    if (--net->left == 0) hf_engine_stop(net->engine);
}

static void on_departure(void *context, const HfEventArgs *event)
{
    Network *net = context;
    Station *station = &net->station[event->target];
    uint32_t customer = (uint32_t)event->arg;
    HfTime arrived = net->customers.at[customer].arrived;
    hf_batches_add(&station->sojourn, hf_time_to_seconds(event->now - arrived));
    hf_level_add(&station->present, event->now, -1);
    station->busy--;
    if (station->head < station->queue.count) {
        serve(net, station, station->queue.at[station->head++]);
        if (station->head == station->queue.count) {
            hf_vec_reset(&station->queue);
            station->head = 0;
        }
    }
    leave_or_go_on(net, station, customer);
}

static void begin(Network *net, uint64_t seed, uint32_t stations, HfEventListKind list)
{
    *net = (Network){.stations = stations, .engine = hf_engine_new(list)};
    net->arrive = hf_engine_register(net->engine, "arrive", on_arrival, net);
    net->depart = hf_engine_register(net->engine, "depart", on_departure, net);
    for (uint32_t i = 0; i < stations; i++) {
        Station *station = &net->station[i];
        station->servers = 1;
        hf_stream_init(&station->arrivals, seed, "arrivals", i);
        hf_stream_init(&station->services, seed, "services", i);
        hf_stream_init(&station->routes, seed, "routes", i);
        hf_level_init(&station->present, 0, 0);
    }
}

static void run_for(Network *net, uint64_t departures)
{
    net->left = departures;
    assert_int_equal(hf_engine_run_until(net->engine, HF_TIME_NEVER), HF_RUN_STOPPED);
}

/* Run a twentieth as warm-up, which is forgotten, and then `departures`. */
static void run(Network *net, uint64_t departures)
{
    for (uint32_t i = 0; i < net->stations; i++)
        if (net->station[i].arrival.kind != NULL) hf_engine_at(net->engine, 0, net->arrive, i, 0);
    run_for(net, departures / 20);
    net->measured_from = hf_engine_now(net->engine);
    net->sojourn = (HfBatches){0};
    for (uint32_t i = 0; i < net->stations; i++) {
        hf_level_restart(&net->station[i].present, net->measured_from);
        net->station[i].sojourn = (HfBatches){0};
        net->station[i].offered = net->station[i].lost = 0;
    }
    run_for(net, departures);
}

static void end(Network *net)
{
    hf_engine_check(net->engine);
    hf_engine_free(net->engine);
    hf_vec_clear(&net->customers);
    hf_vec_clear(&net->vacant);
    for (uint32_t i = 0; i < net->stations; i++) hf_vec_clear(&net->station[i].queue);
}

static void expect(const char *what, const HfBatches *batches, double theory)
{
    HfInterval interval = hf_batches_interval(batches, 0.99);
    print_message("    %-28s %.5f +- %.5f, theory %.5f\n", what, interval.mean, interval.half_width,
                  theory);
    if (!hf_interval_holds(&interval, theory)) fail_msg("%s is not what theory says", what);
    /* An interval too wide would hold anything. */
    if (interval.half_width > 0.2 * theory) fail_msg("%s is not known well enough", what);
    if (hf_batches_correlation(batches) > 0.5) fail_msg("%s: batches too short", what);
}

/* Little's law holds for every stretch of time, up to those present at its ends. */
static void expect_littles_law(const Network *net, const Station *station)
{
    HfTime now = hf_engine_now(net->engine);
    double seconds = hf_time_to_seconds(now - net->measured_from);
    double present = hf_level_mean(&station->present, now);
    HfInterval sojourn = hf_batches_interval(&station->sojourn, 0.99);
    double rate = (double)(station->offered - station->lost) / seconds;
    assert_true(fabs(present / (rate * sojourn.mean) - 1) < 0.02);
}

/* W = 1 / (mu - lambda). */
static void an_m_m_1_queue_waits_as_long_as_theory_says(void **state)
{
    static const double loads[] = {0.3, 0.7, 0.9};
    for (int i = 0; i < 3; i++) {
        Network net;
        begin(&net, 1, 1, HF_EVENT_LIST_LADDER);
        net.station[0].arrival = hf_law_exponential(1 / loads[i]);
        net.station[0].service = hf_law_exponential(1);
        run(&net, CUSTOMERS);
        expect("M/M/1 time in system", &net.sojourn, 1 / (1 - loads[i]));
        expect_littles_law(&net, &net.station[0]);
        end(&net);
    }
}

/* Erlang C: the chance to wait, and W = 1/mu + C / (c mu - lambda). */
static double erlang_c(uint32_t servers, double load)
{
    double sum = 0;
    for (uint32_t k = 0; k < servers; k++) sum += pow(load, k) / gsl_sf_fact(k);
    double last = pow(load, servers) / gsl_sf_fact(servers) * servers / (servers - load);
    return last / (sum + last);
}

static void an_m_m_c_queue_waits_as_erlang_says(void **state)
{
    Network net;
    begin(&net, 2, 1, HF_EVENT_LIST_LADDER);
    net.station[0].servers = 5;
    net.station[0].arrival = hf_law_exponential(1 / 4.0); /* 4 Erlang on 5 servers */
    net.station[0].service = hf_law_exponential(1);
    run(&net, CUSTOMERS);
    assert_true(fabs(erlang_c(5, 4) - 0.554113) < 1e-6); /* the printed tables */
    expect("M/M/5 time in system", &net.sojourn, 1 + erlang_c(5, 4) / (5 - 4));
    expect_littles_law(&net, &net.station[0]);
    end(&net);
}

/* Erlang B: of 5 servers without a queue, offered 4 Erlang, the share turned away; B = 0.19907. */
static void an_m_m_c_c_queue_turns_away_as_erlang_says(void **state)
{
    double b = 1;
    for (int k = 1; k <= 5; k++) b = 4 * b / (k + 4 * b);
    HfTally lost = {0};
    for (uint64_t replication = 0; replication < 20; replication++) {
        Network net;
        begin(&net, 100 + replication, 1, HF_EVENT_LIST_LADDER);
        net.station[0].servers = net.station[0].capacity = 5;
        net.station[0].arrival = hf_law_exponential(1 / 4.0);
        net.station[0].service = hf_law_exponential(1);
        run(&net, CUSTOMERS / 20);
        hf_tally_add(&lost, (double)net.station[0].lost / (double)net.station[0].offered);
        end(&net);
    }
    HfInterval interval = hf_interval_of(&lost, 0.99);
    assert_true(hf_interval_holds(&interval, b));
    assert_true(interval.half_width < 0.05 * b);
}

/* Pollaczek and Khinchine: W = E[S] + lambda E[S^2] / (2 (1 - rho)). */
static void expect_m_g_1(const char *what, HfLaw service, double second_moment, uint64_t seed)
{
    const double load = 0.7; /* E[S] = 1 */
    Network net;
    begin(&net, seed, 1, HF_EVENT_LIST_LADDER);
    net.station[0].arrival = hf_law_exponential(1 / load);
    net.station[0].service = service;
    run(&net, CUSTOMERS);
    expect(what, &net.sojourn, 1 + load * second_moment / (2 * (1 - load)));
    expect_littles_law(&net, &net.station[0]);
    end(&net);
}

static void an_m_g_1_queue_waits_as_pollaczek_and_khinchine_say(void **state)
{
    expect_m_g_1("M/D/1 time in system", hf_law_constant(1), 1, 3);
    HfLaw lognormal; /* mean 1: E[S^2] = e^(sigma^2) */
    hf_law_init(&lognormal, hf_law_kind_find("lognormal"));
    hf_law_set(&lognormal, "mean", 1);
    hf_law_set(&lognormal, "sigma", 1);
    assert_true(hf_law_prepare(&lognormal, NULL));
    expect_m_g_1("M/LN/1 time in system", lognormal, exp(1), 4);
    HfLaw uniform; /* 0.5 .. 1.5: variance 1/12 */
    hf_law_init(&uniform, hf_law_kind_find("uniform"));
    hf_law_set(&uniform, "min", 0.5);
    hf_law_set(&uniform, "max", 1.5);
    assert_true(hf_law_prepare(&uniform, NULL));
    expect_m_g_1("M/U/1 time in system", uniform, 1 + 1.0 / 12, 5);
}

/*
 * Three stations, arrivals at the first two, feedback from the third. Traffic equations:
 * a0 = 0.5 + 0.2 a2, a1 = 0.3 + 0.6 a0, a2 = 0.4 a0 + 0.5 a1  =>  a0 = 0.53 / 0.86 = 0.616279,
 * a1 = 0.669767, a2 = 0.581395. Each station is then M/M/1 (or M/M/2) on its own (Jackson).
 */
static void a_jackson_network_is_a_product_of_queues(void **state)
{
    double a2 = (0.4 * 0.5 + 0.5 * (0.3 + 0.6 * 0.5)) / (1 - 0.2 * (0.4 + 0.5 * 0.6));
    double a0 = 0.5 + 0.2 * a2, a1 = 0.3 + 0.6 * a0;
    Network net;
    begin(&net, 6, 3, HF_EVENT_LIST_LADDER);
    net.station[0].arrival = hf_law_exponential(1 / 0.5);
    net.station[1].arrival = hf_law_exponential(1 / 0.3);
    for (int i = 0; i < 3; i++) net.station[i].service = hf_law_exponential(i == 1 ? 2 : 1);
    net.station[1].servers = 2;
    net.station[0].onward[1] = 0.6;
    net.station[0].onward[2] = 0.4;
    net.station[1].onward[2] = 0.5;
    net.station[2].onward[0] = 0.2;
    run(&net, CUSTOMERS / 2);
    double w0 = 1 / (1 - a0), w1 = 2 + erlang_c(2, 2 * a1) / (1 - a1), w2 = 1 / (1 - a2);
    expect("Jackson, station 0", &net.station[0].sojourn, w0);
    expect("Jackson, station 1 (M/M/2)", &net.station[1].sojourn, w1);
    expect("Jackson, station 2", &net.station[2].sojourn, w2);
    expect("Jackson, whole network", &net.sojourn, (a0 * w0 + a1 * w1 + a2 * w2) / 0.8);
    end(&net);
}

/* ---- Machines that fail and are repaired: the agents of a cluster -----------------------------*/

typedef struct Plant {
    HfEngine *engine;
    HfEventKind fail, repaired, window;
    uint32_t machines, crews, working_crews, waiting;
    HfStream *lives, *repairs; /* one of each for each machine */
    HfLaw life, repair;
    HF_VEC(uint32_t) queue;
    uint32_t head;
    HfLevel down;
    HfBatches down_mean; /* of windows of equal length */
} Plant;

static void begin_repair(Plant *plant, uint32_t machine)
{
    plant->working_crews++;
    double seconds = hf_law_draw(&plant->repair, &plant->repairs[machine]);
    hf_engine_after(plant->engine, hf_time_from_seconds(seconds), plant->repaired, machine, 0);
}

static void on_failure(void *context, const HfEventArgs *event)
{
    Plant *plant = context;
    hf_level_add(&plant->down, event->now, 1);
    if (plant->working_crews < plant->crews)
        begin_repair(plant, event->target);
    else
        hf_vec_push(&plant->queue, event->target);
}

static void live(Plant *plant, uint32_t machine)
{
    double seconds = hf_law_draw(&plant->life, &plant->lives[machine]);
    hf_engine_after(plant->engine, hf_time_from_seconds(seconds), plant->fail, machine, 0);
}

static void on_repaired(void *context, const HfEventArgs *event)
{
    Plant *plant = context;
    hf_level_add(&plant->down, event->now, -1);
    plant->working_crews--;
    live(plant, event->target);
    if (plant->head == plant->queue.count) return;
    begin_repair(plant, plant->queue.at[plant->head++]);
    if (plant->head < plant->queue.count) return;
    hf_vec_reset(&plant->queue);
    plant->head = 0;
}

static void on_window(void *context, const HfEventArgs *event)
{
    Plant *plant = context;
    if (event->arg > 20) hf_batches_add(&plant->down_mean, hf_level_mean(&plant->down, event->now));
    hf_level_restart(&plant->down, event->now);
    hf_engine_after(plant->engine, 100 * HF_NS_PER_SECOND, plant->window, 0, event->arg + 1);
}

/* Mean machines down, over windows of 100 s, after 20 windows of warm-up. */
static HfBatches run_plant(uint64_t seed, uint32_t machines, uint32_t crews, HfLaw life,
                           HfLaw repair)
{
    Plant plant = {.engine = hf_engine_new(HF_EVENT_LIST_LADDER),
                   .machines = machines,
                   .crews = crews,
                   .life = life,
                   .repair = repair};
    plant.fail = hf_engine_register(plant.engine, "fail", on_failure, &plant);
    plant.repaired = hf_engine_register(plant.engine, "repaired", on_repaired, &plant);
    plant.window = hf_engine_register(plant.engine, "window", on_window, &plant);
    plant.lives = g_new(HfStream, machines);
    plant.repairs = g_new(HfStream, machines);
    hf_level_init(&plant.down, 0, 0);
    for (uint32_t i = 0; i < machines; i++) {
        hf_stream_init(&plant.lives[i], seed, "life", i);
        hf_stream_init(&plant.repairs[i], seed, "repair", i);
        live(&plant, i);
    }
    hf_engine_at(plant.engine, 0, plant.window, 0, 0);
    hf_engine_run_until(plant.engine, CUSTOMERS / 5 * HF_NS_PER_SECOND);
    hf_engine_check(plant.engine);
    hf_engine_free(plant.engine);
    g_free(plant.lives);
    g_free(plant.repairs);
    hf_vec_clear(&plant.queue);
    return plant.down_mean;
}

/* M/M/c//N: p(n + 1) / p(n) = (N - n) lambda / (min(n + 1, c) mu). */
static double machines_down(uint32_t machines, uint32_t crews, double fail_rate, double repair_rate)
{
    double p = 1, sum = 1, mean = 0;
    for (uint32_t n = 0; n < machines; n++) {
        p *= (machines - n) * fail_rate / (MIN(n + 1, crews) * repair_rate);
        sum += p;
        mean += (n + 1) * p;
    }
    return mean / sum;
}

static void machines_wait_for_repair_as_theory_says(void **state)
{
    HfBatches down = run_plant(7, 20, 3, hf_law_exponential(30), hf_law_exponential(4));
    expect("machines down, M/M/3//20", &down, machines_down(20, 3, 1 / 30.0, 1 / 4.0));
}

/* With a crew each, only the means of life and repair matter: MTTR / (MTTF + MTTR) are down. */
static void availability_depends_on_the_means_alone(void **state)
{
    HfLaw life, repair;
    hf_law_init(&life, hf_law_kind_find("weibull"));
    hf_law_set(&life, "mean", 50);
    hf_law_set(&life, "shape", 0.7);
    assert_true(hf_law_prepare(&life, NULL));
    hf_law_init(&repair, hf_law_kind_find("lognormal"));
    hf_law_set(&repair, "mean", 10);
    hf_law_set(&repair, "sigma", 1);
    assert_true(hf_law_prepare(&repair, NULL));
    HfBatches down = run_plant(8, 30, 30, life, repair);
    expect("machines down, Weibull life", &down, 30 * 10.0 / (50 + 10));
}

/* ---- Repeatability and common random numbers --------------------------------------------------*/

static double mean_time(uint64_t seed, double service_rate, HfEventListKind list)
{
    Network net;
    begin(&net, seed, 1, list);
    net.station[0].arrival = hf_law_exponential(1 / 0.8);
    net.station[0].service = hf_law_exponential(1 / service_rate);
    run(&net, CUSTOMERS / 100);
    double mean = hf_batches_interval(&net.sojourn, 0.99).mean;
    end(&net);
    return mean;
}

static void the_result_does_not_depend_on_the_event_list(void **state)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        double ladder = mean_time(seed, 1, HF_EVENT_LIST_LADDER);
        assert_true(ladder == mean_time(seed, 1, HF_EVENT_LIST_HEAP));
        assert_true(ladder != mean_time(seed + 1, 1, HF_EVENT_LIST_HEAP));
    }
}

/* Two servers that differ by 2 %: with the same arrivals and the same service draws the difference
 * is known several times better than with other ones. This is what named streams are for. */
static void common_random_numbers_sharpen_a_comparison(void **state)
{
    enum { REPLICATIONS = 20 };
    double slow[REPLICATIONS], fast[REPLICATIONS], other[REPLICATIONS];
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        slow[i] = mean_time(i, 1.00, HF_EVENT_LIST_LADDER);
        fast[i] = mean_time(i, 1.02, HF_EVENT_LIST_LADDER);
        other[i] = mean_time(1000 + i, 1.02, HF_EVENT_LIST_LADDER);
    }
    HfInterval paired = hf_interval_paired(slow, fast, REPLICATIONS, 0.99);
    HfInterval unpaired = hf_interval_paired(slow, other, REPLICATIONS, 0.99);
    print_message("    difference %.4f +- %.4f, with other draws +- %.4f, theory %.4f\n",
                  paired.mean, paired.half_width, unpaired.half_width, 1 / 0.2 - 1 / 0.22);
    assert_true(paired.half_width < unpaired.half_width / 2);
    assert_true(paired.mean - paired.half_width > 0); /* it tells the two apart */
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_m_m_1_queue_waits_as_long_as_theory_says),
        cmocka_unit_test(an_m_m_c_queue_waits_as_erlang_says),
        cmocka_unit_test(an_m_m_c_c_queue_turns_away_as_erlang_says),
        cmocka_unit_test(an_m_g_1_queue_waits_as_pollaczek_and_khinchine_say),
        cmocka_unit_test(a_jackson_network_is_a_product_of_queues),
        cmocka_unit_test(machines_wait_for_repair_as_theory_says),
        cmocka_unit_test(availability_depends_on_the_means_alone),
        cmocka_unit_test(the_result_does_not_depend_on_the_event_list),
        cmocka_unit_test(common_random_numbers_sharpen_a_comparison),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
