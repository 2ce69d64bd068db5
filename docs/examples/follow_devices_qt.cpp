// Lists devices, then prints what happens to them: an event a line, none missed, none twice.
//
//     /usr/lib/qt6/libexec/moc follow_devices_qt.cpp -o follow_devices_qt.moc
//     c++ -fPIC -I. follow_devices_qt.cpp -o follow_devices_qt $(pkg-config --cflags --libs Qt6DBus)
//     ./follow_devices_qt [SUBSYSTEM [ADDRESS]]
//
// SUBSYSTEM is "block" if none is given. ADDRESS is a D-Bus address; without one it is the system bus.
// keventd's own socket needs no bus: unix:path=/run/keventd/bus. Ends with Ctrl-C or the connection.
// Needs qt6-base-dev.
#include <QtCore/QCoreApplication>
#include <QtCore/QTextStream>
#include <QtDBus/QtDBus>

const QString Name = "org.keventd1", Object = "/org/keventd1", Manager = "org.keventd1.Manager";

struct Event {
    quint64 id;
    QString source, action, subsystem, object, attribute;
    quint64 seqnum, boottime, realtime;
    quint32 flags;
    QMap<QString, QString> properties;
};

const QDBusArgument& operator>>(const QDBusArgument& in, Event& e) {
    in.beginStructure();
    in >> e.id >> e.source >> e.action >> e.subsystem >> e.object >> e.attribute;
    in >> e.seqnum >> e.boottime >> e.realtime >> e.flags >> e.properties;
    in.endStructure();
    return in;
}

// None is ever sent, but from here Qt knows the type on the wire.
QDBusArgument& operator<<(QDBusArgument& out, const Event& e) {
    out.beginStructure();
    out << e.id << e.source << e.action << e.subsystem << e.object << e.attribute;
    out << e.seqnum << e.boottime << e.realtime << e.flags << e.properties;
    out.endStructure();
    return out;
}

[[noreturn]] void fail(const QString& message) {
    qCritical("%s", qPrintable(message));
    std::exit(1);
}

class Follower : public QObject {
    Q_OBJECT

public:
    Follower(const QDBusConnection& bus, const QString& subsystem)
        : bus_(bus), watcher_(Name, bus, QDBusServiceWatcher::WatchForRegistration),
          wanted_({{"subsystems", QStringList{subsystem}}}) {
        // Before Subscribe, or the first events go unheard.
        bus_.connect(Name, Object, Manager, "Events", this, SLOT(onEvents(uint, QList<Event>, qulonglong)));
        bus_.connect(Name, Object, Manager, "Lost", this, SLOT(onLost(uint, qulonglong, qulonglong)));
        bus_.connect({}, "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local", "Disconnected", this,
                     SLOT(onDisconnected()));
        connect(&watcher_, &QDBusServiceWatcher::serviceRegistered, this, &Follower::listThenFollow);
        listThenFollow();
    }

private slots:
    void listThenFollow() {
        QDBusPendingReply<QString, qulonglong, QList<Event>> list =
            bus_.asyncCall(methodCall("ListDevices", {wanted_}));
        list.waitForFinished();
        if (list.isError()) fail(list.error().message());
        show(list.argumentAt<2>());
        out_ << "# " << list.argumentAt<2>().size() << " devices as of event " << list.argumentAt<1>()
             << Qt::endl;
        QVariantMap options = wanted_;
        options["stream"] = list.argumentAt<0>();
        options["since"] = list.argumentAt<1>();
        const QDBusMessage reply = bus_.call(methodCall("Subscribe", {options}));
        if (reply.type() == QDBusMessage::ErrorMessage) fail(reply.errorMessage());
    }
    void onEvents(uint subscription, const QList<Event>& events, qulonglong next) {
        show(events);
        // Without this, no more come when the window is full. Nobody waits for a reply.
        bus_.send(methodCall("Acknowledge", {subscription, next - 1}));
    }
    void onLost(uint, qulonglong from, qulonglong to) { // whoever keeps a list makes it anew
        out_ << "# lost events " << from << " to " << to << Qt::endl;
    }
    void onDisconnected() { fail("connection lost"); }

private:
    static QDBusMessage methodCall(const QString& method, const QVariantList& arguments) {
        QDBusMessage call = QDBusMessage::createMethodCall(Name, Object, Manager, method);
        call.setArguments(arguments);
        return call;
    }
    void show(const QList<Event>& events) {
        for (const Event& e : events) {
            out_ << e.id << ' ' << e.source << ' ' << e.action << ' ' << e.subsystem << ' ' << e.object
                 << Qt::endl;
        }
    }

    QDBusConnection bus_;
    QDBusServiceWatcher watcher_;
    QVariantMap wanted_;
    QTextStream out_{stdout};
};

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    qDBusRegisterMetaType<Event>();
    qDBusRegisterMetaType<QList<Event>>();
    const QDBusConnection bus =
        argc > 2 ? QDBusConnection::connectToBus(argv[2], "keventd") : QDBusConnection::systemBus();
    if (!bus.isConnected()) fail(bus.lastError().message());
    const Follower follower(bus, argc > 1 ? argv[1] : "block");
    return QCoreApplication::exec();
}

#include "follow_devices_qt.moc"
