/* Is standard input one JSON document? For the tests of what the program prints and writes. */
#include <json-glib/json-glib.h>
#include <stdio.h>

int main(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char piece[4096];
    for (size_t size; (size = fread(piece, 1, sizeof piece, stdin)) > 0;)
        g_string_append_len(text, piece, (gssize)size);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    gboolean good = json_parser_load_from_data(parser, text->str, (gssize)text->len, &error);
    if (good && json_parser_get_root(parser) != NULL) return 0;
    fprintf(stderr, "not JSON: %s\n", error ? error->message : "empty");
    return 1;
}
