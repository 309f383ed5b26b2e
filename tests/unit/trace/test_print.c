/* Records as lines of JSON, and the table of shapes that says which fields a type has. */
#include "support/test.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "resource/text.h"
#include "trace/trace.h"

static HfCatalog *catalog;
static HfResources resources;
static HfRoleId role;

static const char *agent_name(void *context, uint32_t agent)
{
    return agent == 3 ? "S3" : NULL;
}

static const char *host_name(void *context, uint32_t host)
{
    return host == 3 ? "node\"3\"\\\n\x01" : NULL;
}

static const char *framework_name(void *context, uint32_t framework)
{
    return framework == 1 ? "B\xc3\xa4r" : NULL;
}

static const HfTraceNames names = {agent_name, host_name, framework_name, NULL};
static const HfTraceNames no_names = {NULL, NULL, NULL, NULL};

static int setup(void **state)
{
    catalog = hf_catalog_new(0);
    assert_true(hf_role_intern(catalog, "db/x", &role, NULL));
    assert_true(hf_resources_parse(catalog, "cpus:1.5;ports:[31000-31009];zones:{a,b}",
                                   HF_ROLE_STAR, 0, &resources, NULL));
    return 0;
}

static int teardown(void **state)
{
    hf_resources_clear(catalog, &resources);
    hf_catalog_free(catalog);
    return 0;
}

static HfRecord sample(HfRecordType type)
{
    gboolean is_operation = strpbrk(hf_record_shapes[type].fields, "nu") != NULL;
    gboolean is_of_registry = strchr(hf_record_shapes[type].fields, 'k') != NULL;
    return (HfRecord){.at = 1500,
                      .type = (uint16_t)type,
                      .state = is_operation     ? 4
                               : is_of_registry ? HF_REGISTRY_GONE
                                                : HF_TASK_LOST,
                      .reason = HF_REASON_SLAVE_REMOVED,
                      .agent = 3,
                      .framework = 1,
                      .role = role,
                      .id = UINT64_C(1) << 53,
                      .value = -7,
                      .resources = &resources};
}

static char *print(const HfRecord *record, const HfTraceNames *with)
{
    GString *line = g_string_new(NULL);
    hf_trace_print_json(record, catalog, with, line);
    return g_string_free(line, FALSE);
}

/* One letter of a shape: which member it makes, and what that must say for the sample. */
static void expect_member(JsonObject *object, char field, const HfRecordShape *shape)
{
    switch (field) {
    case 'a':
        assert_string_equal(json_object_get_string_member(object, "agent"), "S3");
        break;
    case 'h':
        assert_string_equal(json_object_get_string_member(object, "host"), "node\"3\"\\\n\x01");
        break;
    case 'f':
        assert_string_equal(json_object_get_string_member(object, "framework"), "B\xc3\xa4r");
        break;
    case 'r':
        assert_string_equal(json_object_get_string_member(object, "role"), "db/x");
        break;
    case 'o':
    case 't':
    case 'j':
        assert_int_equal(json_object_get_int_member(object, field == 'o'   ? "offer"
                                                            : field == 't' ? "task"
                                                                           : "job"),
                         INT64_C(1) << 53);
        break;
    case 'g':
    case 'm':
    case 'p':
    case 'q':
    case 'y':
    case 'l':
        assert_int_equal(json_object_get_int_member(object, field == 'g'   ? "group"
                                                            : field == 'm' ? "member"
                                                            : field == 'p' ? "part"
                                                            : field == 'q' ? "store"
                                                            : field == 'l' ? "executor"
                                                                           : "copy"),
                         INT64_C(1) << 53);
        break;
    case 's':
        assert_string_equal(json_object_get_string_member(object, "state"), "TASK_LOST");
        break;
    case 'w':
        assert_string_equal(json_object_get_string_member(object, "reason"),
                            "REASON_SLAVE_REMOVED");
        break;
    case 'i':
        assert_int_equal(json_object_get_int_member(object, "id"), INT64_C(1) << 53);
        break;
    case 'n':
        assert_string_equal(json_object_get_string_member(object, "operation"), "GROW_VOLUME");
        break;
    case 'e':
        assert_string_equal(json_object_get_string_member(object, "rule"), "FIELD");
        break;
    case 'z':
        assert_string_equal(json_object_get_string_member(object, "why"), "ROLE_UNKNOWN");
        break;
    case 'u':
        assert_string_equal(json_object_get_string_member(object, "state"), "OPERATION_FINISHED");
        break;
    case 'c':
        assert_string_equal(json_object_get_string_member(object, "call"),
                            "UPDATE_MAINTENANCE_SCHEDULE");
        break;
    case 'b':
        assert_true(json_object_get_boolean_member(object, "same_host"));
        break;
    case 'v':
        assert_int_equal(json_object_get_int_member(object, shape->value), -7);
        break;
    case 'k':
        assert_string_equal(json_object_get_string_member(object, "standing"), "gone");
        break;
    case 'd':
        assert_true(json_object_get_boolean_member(object, "deactivated"));
        break;
    case 'x': {
        JsonArray *entries = json_object_get_array_member(object, "resources");
        assert_int_equal(json_array_get_length(entries), 3);
        assert_string_equal(json_array_get_string_element(entries, 0), "cpus:1.5");
        assert_string_equal(json_array_get_string_element(entries, 1), "ports:[31000-31009]");
        assert_string_equal(json_array_get_string_element(entries, 2), "zones:{a,b}");
        break;
    }
    default:
        fail_msg("a shape has a field '%c' that record.h does not list", field);
    }
}

static void every_type_prints_exactly_the_fields_of_its_shape(void **state)
{
    for (int type = 0; type < HF_RECORD_TYPES; type++) {
        const HfRecordShape *shape = &hf_record_shapes[type];
        HfRecord record = sample((HfRecordType)type);
        g_autofree char *line = print(&record, &names);
        assert_int_equal(line[strlen(line) - 1], '\n');
        assert_null(memchr(line, '\n', strlen(line) - 1));
        GError *error = NULL;
        g_autoptr(JsonNode) node = json_from_string(line, &error);
        if (node == NULL) fail_msg("%s: %s", line, error->message);
        JsonObject *object = json_node_get_object(node);
        assert_int_equal(json_object_get_int_member(object, "t"), 1500);
        assert_string_equal(json_object_get_string_member(object, "ev"), shape->name);
        assert_int_equal(json_object_get_size(object), 2 + strlen(shape->fields));
        for (const char *field = shape->fields; *field; field++)
            expect_member(object, *field, shape);
    }
}

static void every_type_has_a_name_of_its_own(void **state)
{
    for (int i = 0; i < HF_RECORD_TYPES; i++) {
        assert_non_null(hf_record_shapes[i].name);
        assert_non_null(hf_record_shapes[i].fields);
        gboolean has_value = strchr(hf_record_shapes[i].fields, 'v') != NULL;
        assert_int_equal(has_value, hf_record_shapes[i].value != NULL);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(hf_record_shapes[i].name, hf_record_shapes[k].name);
    }
}

static void the_line_is_what_the_header_says(void **state)
{
    HfRecord record = sample(HF_RECORD_OFFER_SENT);
    record.id = 9;
    g_autofree char *line = print(&record, &names);
    assert_string_equal(line,
                        "{\"t\":1500,\"ev\":\"offer_sent\",\"agent\":\"S3\",\"framework\":\"B\xc3"
                        "\xa4r\",\"role\":\"db/x\",\"offer\":9,\"resources\":[\"cpus:1.5\","
                        "\"ports:[31000-31009]\",\"zones:{a,b}\"]}\n");
}

static void what_has_no_name_prints_its_number(void **state)
{
    HfRecord record = sample(HF_RECORD_TASK_WAITED);
    g_autofree char *line = print(&record, &no_names);
    assert_non_null(strstr(line, "\"agent\":3,\"framework\":1,"));
    record.agent = 4;
    record.framework = 2;
    g_autofree char *unnamed = print(&record, &names);
    assert_non_null(strstr(unnamed, "\"agent\":4,\"framework\":2,"));
}

/* A task that never reached an agent has none, nor a role; it gave nothing back. */
static void what_a_record_has_not_is_left_out(void **state)
{
    HfRecord record = sample(HF_RECORD_TASK_STATE);
    record.agent = HF_ROW_NONE;
    record.role = HF_ROLE_NONE;
    record.resources = NULL;
    record.id = 4;
    g_autofree char *line = print(&record, &names);
    assert_string_equal(line, "{\"t\":1500,\"ev\":\"task_state\",\"framework\":\"B\xc3\xa4r\","
                              "\"task\":4,\"state\":\"TASK_LOST\",\"reason\":\"REASON_SLAVE_"
                              "REMOVED\",\"resources\":[]}\n");
}

static void states_and_reasons_have_mesos_names(void **state)
{
    assert_string_equal(hf_task_state_name(HF_TASK_STAGING), "TASK_STAGING");
    assert_string_equal(hf_task_state_name(HF_TASK_GONE_BY_OPERATOR), "TASK_GONE_BY_OPERATOR");
    for (int i = 0; i < HF_TASK_STATES; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(hf_task_state_name((HfTaskState)i),
                                    hf_task_state_name((HfTaskState)k));
    for (int i = 0; i < HF_TASK_REASONS; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(hf_task_reason_name((HfTaskReason)i),
                                    hf_task_reason_name((HfTaskReason)k));
    expect_assert_failure(hf_task_state_name(HF_TASK_STATES));
    expect_assert_failure(hf_task_reason_name(HF_TASK_REASONS));
}

static void the_states_that_end_a_task_are_mesos_terminal_ones(void **state)
{
    static const HfTaskState live[] = {HF_TASK_STAGING, HF_TASK_STARTING,    HF_TASK_RUNNING,
                                       HF_TASK_KILLING, HF_TASK_UNREACHABLE, HF_TASK_UNKNOWN};
    static const HfTaskState over[] = {
        HF_TASK_FINISHED, HF_TASK_FAILED,  HF_TASK_KILLED, HF_TASK_ERROR,
        HF_TASK_LOST,     HF_TASK_DROPPED, HF_TASK_GONE,   HF_TASK_GONE_BY_OPERATOR};
    assert_int_equal(G_N_ELEMENTS(live) + G_N_ELEMENTS(over), HF_TASK_STATES);
    for (guint i = 0; i < G_N_ELEMENTS(live); i++) assert_false(hf_task_state_is_terminal(live[i]));
    for (guint i = 0; i < G_N_ELEMENTS(over); i++) assert_true(hf_task_state_is_terminal(over[i]));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_prints_exactly_the_fields_of_its_shape),
        cmocka_unit_test(every_type_has_a_name_of_its_own),
        cmocka_unit_test(the_line_is_what_the_header_says),
        cmocka_unit_test(what_has_no_name_prints_its_number),
        cmocka_unit_test(what_a_record_has_not_is_left_out),
        cmocka_unit_test(states_and_reasons_have_mesos_names),
        cmocka_unit_test(the_states_that_end_a_task_are_mesos_terminal_ones),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
