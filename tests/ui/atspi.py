# SPDX-License-Identifier: GPL-3.0-or-later
"""A program as assistive technology sees it: a small client of the accessibility bus.

It asks for all the children of a level at once instead of one thing after another: a program that
draws answers between two frames, so a tree that is read call by call takes seconds.
"""

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402  (Atspi: only for its names)

ACCESSIBLE = "org.a11y.atspi.Accessible"

# Names of roles that AT-SPI changed, as they were before.
OLDER_NAMES = {"button": "push button"}

# What has nothing below it that a test would look for.
LEAVES = {"label", "spin button", "push button", "toggle button", "page tab", "scroll bar", "separator",
          "image", "text", "entry"}


class Gone(Exception):
    """The object or its program is not there any more."""


class Node:
    """One accessible object: name, role and description as they were when the tree was read."""

    def __init__(self, bus, owner, path):
        self.bus = bus
        self.owner = owner
        self.path = path
        self.name = ""
        self.role = ""
        self.description = ""
        self.children = []

    def request(self, interface, method, arguments=None):
        return (self.owner, self.path, interface, method, arguments)

    def call(self, interface, method, arguments=None):
        answer, = self.bus.ask([self.request(interface, method, arguments)])
        if answer is None:
            raise Gone("%s of %s \"%s\"" % (method, self.role, self.name))
        return answer

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def read_name(self):
        return self.call("org.freedesktop.DBus.Properties", "Get",
                         GLib.Variant("(ss)", (ACCESSIBLE, "Name")))[0]

    def read_description(self):
        return self.call("org.freedesktop.DBus.Properties", "Get",
                         GLib.Variant("(ss)", (ACCESSIBLE, "Description")))[0]

    def has_state(self, name):
        words = self.call(ACCESSIBLE, "GetState")[0]
        bit = int(getattr(Atspi.StateType, name))
        return bool(words[bit // 32] >> bit % 32 & 1)

    def press(self):
        return self.call("org.a11y.atspi.Action", "DoAction", GLib.Variant("(i)", (0,)))[0]

    def select(self, index):
        return self.call("org.a11y.atspi.Selection", "SelectChild", GLib.Variant("(i)", (index,)))[0]

    def set_text(self, text):
        return self.call("org.a11y.atspi.EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))[0]

    def read_text(self):
        return self.call("org.a11y.atspi.Text", "GetText", GLib.Variant("(ii)", (0, 1000)))[0]

    def read_extents(self):
        """x, y, width and height within the window."""
        return self.call("org.a11y.atspi.Component", "GetExtents", GLib.Variant("(u)", (1,)))[0]

    def read_value(self):
        return self.call("org.freedesktop.DBus.Properties", "Get",
                         GLib.Variant("(ss)", ("org.a11y.atspi.Value", "CurrentValue")))[0]


class Bus:
    """The accessibility bus of the session."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None,
                                    None, Gio.DBusCallFlags.NONE, -1, None).unpack()[0]
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self.context = GLib.MainContext.default()

    def ask(self, requests):
        """Sends all `requests` and returns their answers, in order; None for those that failed."""
        answers = [None] * len(requests)
        waiting = len(requests)

        def answered(connection, result, index):
            nonlocal waiting
            waiting -= 1
            try:
                answers[index] = connection.call_finish(result).unpack()
            except GLib.Error:
                pass

        for index, (owner, path, interface, method, arguments) in enumerate(requests):
            self.connection.call(owner, path, interface, method, arguments, None,
                                 Gio.DBusCallFlags.NO_AUTO_START, 10000, None, answered, index)
        while waiting > 0:
            self.context.iteration(True)
        return answers

    def pid_of(self, owner):
        answer, = self.ask([("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                             "GetConnectionUnixProcessID", GLib.Variant("(s)", (owner,)))])
        return answer[0] if answer else None

    def find_application(self, pid):
        """The root of the program with this process id, or None."""
        answer, = self.ask([("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root", ACCESSIBLE,
                             "GetChildren", None)])
        for owner, path in answer[0] if answer else []:
            if self.pid_of(owner) == pid:
                return Node(self, owner, path)
        return None

    def read(self, root, closed=()):
        """Reads all that is below `root`, level by level, but not what is below a node that is called one of
        `closed`; returns `root`."""
        level = [root]
        while level:
            self._read_level(level)
            inner = [node for node in level if node.role not in LEAVES and node.name not in closed]
            answers = self.ask([node.request(ACCESSIBLE, "GetChildren") for node in inner])
            for node, answer in zip(inner, answers):
                node.children = [Node(self, owner, path) for owner, path in (answer[0] if answer else [])
                                 if not path.endswith("/null")]
            level = [child for node in inner for child in node.children]
        return root

    def _read_level(self, level):
        requests = []
        of_accessible = GLib.Variant("(s)", (ACCESSIBLE,))
        for node in level:
            requests.append(node.request(ACCESSIBLE, "GetRole"))
            requests.append(node.request("org.freedesktop.DBus.Properties", "GetAll", of_accessible))
        answers = self.ask(requests)
        for node, role, properties in zip(level, answers[::2], answers[1::2]):
            if role is not None and properties is not None:
                node.role = OLDER_NAMES.get(name := Atspi.role_get_name(Atspi.Role(role[0])), name)
                node.name = properties[0].get("Name", "")
                node.description = properties[0].get("Description", "")
