// Lists devices, then prints what happens to them: an event a line, none missed, none twice.
//
//     cc follow_devices.c -o follow_devices $(pkg-config --cflags --libs gio-2.0)
//     ./follow_devices [SUBSYSTEM [ADDRESS]]
//
// SUBSYSTEM is "block" if none is given. ADDRESS is a D-Bus address; without one it is the system bus.
// keventd's own socket needs no bus: unix:path=/run/keventd/bus. Ends with Ctrl-C or the connection.
// Needs libglib2.0-dev.
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>

static const char* subsystem = "block";

static void exitOn(const GError* error) {
    if (!error) return;
    g_printerr("%s\n", error->message);
    exit(1);
}

static GVariant* call(GDBusProxy* manager, const char* method, GVariant* arguments) {
    GError* error = NULL;
    GVariant* reply = g_dbus_proxy_call_sync(manager, method, arguments, 0, -1, NULL, &error);
    exitOn(error);
    return reply;
}

static void show(GVariant* events) {
    for (gsize i = 0; i < g_variant_n_children(events); ++i) {
        g_autoptr(GVariant) event = g_variant_get_child_value(events, i);
        guint64 id;
        const char *source, *action, *of, *object;
        g_variant_get(event, "(t&s&s&s&sstttua{ss})", &id, &source, &action, &of, &object, //
                      NULL, NULL, NULL, NULL, NULL, NULL);
        printf("%" G_GUINT64_FORMAT " %s %s %s %s\n", id, source, action, of, object);
    }
}

static void listThenFollow(GDBusProxy* manager) {
    GVariant* wanted = g_variant_new_parsed("({'subsystems': <[%s]>},)", subsystem);
    g_autoptr(GVariant) list = call(manager, "ListDevices", wanted);
    const char* stream;
    guint64 position;
    g_autoptr(GVariant) devices = NULL;
    g_variant_get(list, "(&st@a(tssssstttua{ss}))", &stream, &position, &devices);
    show(devices);
    printf("# %zu devices as of event %" G_GUINT64_FORMAT "\n", g_variant_n_children(devices), position);
    wanted = g_variant_new_parsed("({'subsystems': <[%s]>, 'stream': <%s>, 'since': <%t>},)", subsystem,
                                  stream, position);
    g_variant_unref(call(manager, "Subscribe", wanted));
}

static void onSignal(GDBusProxy* manager, const char* sender, const char* signal, GVariant* parameters) {
    (void)sender;
    guint subscription;
    guint64 from, to;
    if (g_str_equal(signal, "Events")) {
        g_autoptr(GVariant) events = NULL;
        g_variant_get(parameters, "(u@a(tssssstttua{ss})t)", &subscription, &events, &to);
        show(events);
        // Without this, no more come when the window is full. Nobody waits for a reply.
        GVariant* taken = g_variant_new("(ut)", subscription, to - 1);
        g_dbus_proxy_call(manager, "Acknowledge", taken, 0, -1, NULL, NULL, NULL);
    } else if (g_str_equal(signal, "Lost")) { // whoever keeps a list makes it anew
        g_variant_get(parameters, "(utt)", &subscription, &from, &to);
        printf("# lost events %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT "\n", from, to);
    }
}

static void onOwner(GDBusProxy* manager) {
    g_autofree char* owner = g_dbus_proxy_get_name_owner(manager);
    if (owner) listThenFollow(manager); // keventd has come back
}

int main(int argc, char** argv) {
    GError* error = NULL;
    const int flags =
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;
    setvbuf(stdout, NULL, _IOLBF, 0); // each line at once, into a pipe, too
    if (argc > 1) subsystem = argv[1];
    GDBusConnection* bus = argc > 2
                               ? g_dbus_connection_new_for_address_sync(argv[2], flags, NULL, NULL, &error)
                               : g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error);
    exitOn(error);
    g_dbus_connection_set_exit_on_close(bus, TRUE);
    GDBusProxy* manager = g_dbus_proxy_new_sync(bus, 0, NULL, "org.keventd1", "/org/keventd1",
                                                "org.keventd1.Manager", NULL, &error);
    exitOn(error);
    // Before Subscribe, or the first events go unheard.
    g_signal_connect(manager, "g-signal", G_CALLBACK(onSignal), NULL);
    g_signal_connect(manager, "notify::g-name-owner", G_CALLBACK(onOwner), NULL);
    listThenFollow(manager);
    g_main_loop_run(g_main_loop_new(NULL, FALSE));
}
